import { expect, test } from 'vitest';
import { redactMessage, redactOwnText, redactPath, redactText, redactValue } from '../../../proxy/log/redact.ts';

const KEY = `sk-ant-api03-${'aB3_'.repeat(20)}-AA`;
const TOKEN = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl`;
const PROMPT = 'Dear model, please write a poem about the secret plans of our company';

test.each([
  ['a key', `invalid x-api-key ${KEY}`, 'invalid x-api-key [redacted]'],
  ['a short key', 'no such key: sk-test', 'no such key: [redacted]'],
  ['a bearer token', 'authorization: Bearer abc.def-123 was refused', 'authorization: Bearer [redacted] was refused'],
  ['a basic credential', 'Basic dXNlcjpwYXNz', 'Basic [redacted]'],
  [
    'a secret that reads like a word in a header',
    'sent authorization: bearer hunter here',
    'sent authorization: bearer [redacted] here',
  ],
  ['a key in a header', 'x-api-key: a1b2c3 is unknown', 'x-api-key: [redacted] is unknown'],
  ['a key in a header without a scheme', 'authorization: a1b2c3 is unknown', 'authorization: [redacted] is unknown'],
  ['a token in a query', 'GET /?access_token=a1b2c3&x=1', 'GET /?access_token=[redacted]&x=1'],
  ['a JSON web token', `token ${TOKEN} expired`, 'token [redacted] expired'],
  ['a long run of letters and digits', `found ${'a1'.repeat(25)} there`, 'found [redacted] there'],
  ['a quoted prompt', `messages.0: invalid value "${PROMPT}"`, 'messages.0: invalid value "[redacted]"'],
  ['a quoted prompt in single quotes', `invalid: '${PROMPT}'.`, `invalid: '[redacted]'.`],
  ['a quotation with escaped quotes', `got "${PROMPT} \\"${PROMPT}\\" end"`, 'got "[redacted]"'],
  ['a quotation that is cut off', `got "${PROMPT}`, 'got "[redacted]"'],
  ['a quotation with bare quotes within', `got "he said "${PROMPT}" there", sorry`, 'got "[redacted]", sorry'],
  ['a short quoted text', 'unexpected "buy it" at 3', 'unexpected "[redacted]" at 3'],
  ['a quoted prompt in backticks', `invalid \`${PROMPT}\``, 'invalid `[redacted]`'],
  ['a quoted prompt in typographic quotes', `invalid “${PROMPT}”.`, 'invalid “[redacted]”.'],
  ['a quoted prompt in low quotes', `invalid „${PROMPT}“.`, 'invalid „[redacted]“.'],
  ['a quoted prompt in guillemets', `invalid «${PROMPT}».`, 'invalid «[redacted]».'],
  ['a quoted prompt in corner brackets', '無効「秘密の計画」です', '無効「[redacted]」です'],
  ['a quoted prompt without spaces', '错误 "秘密计划" 结束', '错误 "[redacted]" 结束'],
  ['a message in JSON', `bad: {"role":"user","content":"${PROMPT}"} at 1`, 'bad: {…} at 1'],
  ['a list in JSON', `bad: [{"text":"${PROMPT}"}] at 1`, 'bad: {…} at 1'],
  ['a list of texts', `bad: ["${PROMPT}", "b"]`, 'bad: {…}'],
  ['JSON that is cut off', `bad: {"content": "${PROMPT}`, 'bad: {…}'],
  ['what Python prints', `bad: {'role': 'user', 'content': '${PROMPT}'}`, 'bad: {…}'],
  ['all lines but the first', `bad input:\n${PROMPT}`, 'bad input:…'],
])('takes out %s', (_, text, clean) => {
  expect(redactText(text)).toBe(clean);
});

test.each([
  'req_011CSHoEeqs5C35K2UUqR7Fy',
  'This request would exceed your organization’s rate limit of 50 requests per minute',
  "messages.1.content isn't a list of blocks; the turn of an assistant mustn't come before one of the user",
  'max_tokens: 64000 > 32000, which is the maximum for "claude-opus-4-1-20250805"',
  'request 3f2504e0-4f89-41d3-9a0c-0305e82c3301 timed out',
  'Bearer authentication failed',
  'OAuth bearer token is not supported by this endpoint',
  'Basic authentication is required',
  'invalid x-api-key',
  'x-api-key: header is required',
  'authorization: header is missing',
  'password: must be set',
  'Bearer error=invalid_token',
  "messages.0.content: Input should be 'text', 'image' or `document`",
  'tools[0].input_schema: field “type” is required',
  'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
])('leaves %j as it is', (text) => {
  expect(redactText(text)).toBe(text);
});

test.each([
  ['behind a field path', `messages.0.content.0.text: ${PROMPT}`, 'messages.0.content.0.text: …'],
  ['behind a field path and words of the API', 'system: Input is: buy the island', 'system: Input is: …'],
  ['before words of the API', 'hunter2 is not a valid model', '…'],
  ['between words of the API', 'model: hunter2 is not a valid model', 'model: …'],
  [
    'as names of fields',
    'tools.0.input_schema.properties.merger_plan: Field required',
    'tools.0.input_schema.properties.…',
  ],
  ['as a quoted word', "tool 'hunter2' not found", "tool '[redacted]' not found"],
  ['as the whole message', 'hunter2', '…'],
  ['as a card number', 'messages.0.content: 4111 1111 1111 1111', 'messages.0.content: 4111 …'],
  ['as a number with dashes', 'messages.0.content: 123-45-6789', 'messages.0.content: 123-…'],
  ['as a long number', 'messages.0.content: 5551234567', 'messages.0.content: …'],
  ['in another script', 'messages.0.content: 秘密の計画', 'messages.0.content: …'],
  ['as a picture', 'messages.0.content: 🏝', 'messages.0.content: …'],
  ['behind an ellipsis', 'messages.0.content: …merger', 'messages.0.content: ……'],
])('takes what is echoed without quotation marks out of a message: %s', (_, text, clean) => {
  expect(redactMessage(text)).toBe(clean);
});

test.each([
  'Overloaded',
  'overloaded_error: Overloaded',
  'Internal server error',
  'invalid x-api-key',
  'Invalid authentication credentials',
  'OAuth token has been revoked. Please obtain a new token.',
  'OAuth token has expired. Please obtain a new token or refresh your existing token.',
  'This organization has been disabled.',
  'OAuth authentication is currently not allowed for this organization.',
  'This request would exceed your organization’s rate limit of 50 requests per minute',
  'Number of request tokens has exceeded your per-minute rate limit',
  'You have reached your specified API usage limits. You will regain access on 2025-11-01 at 00:00 UTC.',
  'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
  'Extra usage is required for long context requests.',
  'prompt is too long: 208310 tokens > 200000 maximum',
  'model: claude-nothing-9',
  'model: Field required',
  'max_tokens: 64000 > 32000, which is the maximum for "claude-opus-4-1-20250805"',
  'max_tokens: 100000 > 64,000, which is the maximum allowed number of output tokens for claude-sonnet-4-5-20250929',
  "messages.0.content: Input should be 'text', 'image' or `document`",
  'messages: text content blocks must be non-empty',
  'messages.3: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_01A09q90qw90lkasdjl',
  'tools.0.custom.input_schema: Field required',
  'connect ECONNREFUSED 127.0.0.1:8443',
  'connect ECONNREFUSED ::1:8443',
  'read ECONNRESET',
  'socket hang up',
  'other side closed',
  'self-signed certificate in certificate chain',
  'Headers Timeout Error',
])('leaves the message %j as it is', (text) => {
  expect(redactMessage(text)).toBe(text);
});

test.each(['a-', '1 ', '1.', '"a" ', 'claude-', '“'])('takes bounded time for a message full of %j', (part) => {
  const before = performance.now();
  expect(redactMessage(part.repeat(500_000)).length).toBeLessThan(600);
  expect(performance.now() - before).toBeLessThan(100);
});

test('cuts a text that goes on and on', () => {
  const words = `${'and so on '.repeat(100)}secret`;
  expect(redactText(words)).toBe(`${words.slice(0, 200)}…`);
  expect(redactText(`short\n${words}`)).toBe('short…');
  expect(redactText(`${words}\n${words}`)).toBe(`${words.slice(0, 200)}…`);
});

test.each(['a-', '"a ', "'", '{', '[{"', 'Bearer a', '“'])('takes bounded time for a text full of %j', (part) => {
  const before = performance.now();
  expect(redactText(part.repeat(500_000)).length).toBeLessThan(600);
  expect(performance.now() - before).toBeLessThan(100);
});

test('leaves texts of the proxy whole, but for keys', () => {
  const text = `the folder '/etc/my credentials' cannot be read: ${'x '.repeat(120)}`;
  expect(redactOwnText(text)).toBe(text);
  expect(redactOwnText(`no such key: ${KEY}`)).toBe('no such key: [redacted]');
  expect(redactOwnText('x '.repeat(500))).toHaveLength(501);
});

test.each(['Dear model, please', '{"content": Dear model, "and so on, until it is long"}', '"Dear" model'])(
  'leaves out what could not be parsed: %s',
  (text) => {
    const problem = (() => {
      try {
        return JSON.parse(text);
      } catch (error) {
        return String(error);
      }
    })();
    expect(redactOwnText(problem)).toMatch(/^SyntaxError: Unexpected .*JSON/);
    expect(redactOwnText(problem)).not.toContain('model');
  },
);

test.each([
  '/v1/messages',
  '/v1/messages/batches/msgbatch_013Zva2CMHLNnXjNJKqJ2EF/results',
  '/v1/files/file_011CNha8iCJcU1wXNR6q4V8w/content',
  '/v1/models/claude-opus-4-8',
  '/v1/organizations/api_keys/apikey_01Rj2N8SVvo6BePZj99NhmiT',
  '/api/event_logging/batch',
  '/v1/messages/',
  '/',
])('leaves the path %s as it is', (path) => {
  expect(redactPath(path)).toBe(path);
});

test.each([
  ['/v1/messages/tell-me-a-secret', '/v1/messages/…'],
  ['/v1/tell%20me%20a%20secret/messages', '/v1/…/messages'],
  ['/my secret', '/…'],
  ['secret', '…'],
  ['/v1/models/claude-opus-4-8/the_secret_1234567890', '/v1/models/claude-opus-4-8/…'],
  [`/v1/${KEY}`, '/v1/…'],
  [`/v1${'/messages'.repeat(50)}`, '/v1/messages/messages/messages/messages/messages/messages/…'],
  [`/${'x'.repeat(100_000)}`, '/…'],
])('leaves text out of the path %s', (path, clean) => {
  expect(redactPath(path)).toBe(clean);
});

test.each([
  'k8s-default-ingress-a1b2c3d4e5-1234567890.us-east-1.elb.amazonaws.com',
  'claude-opus-4-1-20250805',
  'client_gone_mid_stream',
])('leaves the name %s as it is', (value) => {
  expect(redactValue(value)).toBe(value);
});

test('takes keys out of names too, and cuts long ones', () => {
  expect(redactValue(`model ${KEY}`)).toBe('model [redacted]');
  expect(redactValue('x'.repeat(1_000))).toHaveLength(257);
});
