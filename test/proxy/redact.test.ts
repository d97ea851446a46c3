import { expect, test } from 'vitest';
import { redactText, redactValue } from '../../proxy/redact.ts';

const KEY = `sk-ant-api03-${'aB3_'.repeat(20)}-AA`;
const TOKEN = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl`;
const PROMPT = 'Dear model, please write a poem about the secret plans of our company';

test.each([
  ['a key', `invalid x-api-key ${KEY}`, 'invalid x-api-key [redacted]'],
  ['a short key', 'no such key: sk-test', 'no such key: [redacted]'],
  ['a bearer token', 'authorization: Bearer abc.def-123 was refused', 'authorization: [redacted] was refused'],
  ['a basic credential', 'Basic dXNlcjpwYXNz', '[redacted]'],
  ['a JSON web token', `token ${TOKEN} expired`, 'token [redacted] expired'],
  ['a long run of letters and digits', `found ${'a1'.repeat(25)} there`, 'found [redacted] there'],
  ['a quoted prompt', `messages.0: invalid value "${PROMPT}"`, 'messages.0: invalid value "[redacted]"'],
  ['a quoted prompt in single quotes', `invalid: '${PROMPT}'.`, `invalid: '[redacted]'.`],
  ['a quotation with escaped quotes', `got "${PROMPT} \\"${PROMPT}\\" end"`, 'got "[redacted]"'],
  ['a quotation that is cut off', `got "${PROMPT}`, 'got "[redacted]"'],
])('takes out %s', (_, text, clean) => {
  expect(redactText(text)).toBe(clean);
});

test.each([
  'req_011CSHoEeqs5C35K2UUqR7Fy',
  'This request would exceed your organization’s rate limit of 50 requests per minute',
  "messages.1.content isn't a list of blocks; the turn of an assistant mustn't come before one of the user",
  'max_tokens: 64000 > 32000, which is the maximum for "claude-opus-4-1-20250805"',
  'request 3f2504e0-4f89-41d3-9a0c-0305e82c3301 timed out',
])('leaves %j as it is', (text) => {
  expect(redactText(text)).toBe(text);
});

test('cuts a text that goes on and on, in bounded time', () => {
  const before = performance.now();
  const clean = redactText(`${'a-'.repeat(500_000)} "${'x'.repeat(500_000)}`);
  expect(clean.length).toBeLessThan(600);
  expect(performance.now() - before).toBeLessThan(100);
});

test.each([
  ['a host', 'k8s-default-ingress-a1b2c3d4e5-1234567890.us-east-1.elb.amazonaws.com'],
  ['a path with an id', '/v1/messages/batches/msgbatch_013Zva2CMHLNnXjNJKqJ2EF/results'],
])('leaves %s as it is', (_, value) => {
  expect(redactValue(value)).toBe(value);
});

test('takes keys out of names too, and cuts long ones', () => {
  expect(redactValue(`/v1/${KEY}`)).toBe('/v1/[redacted]');
  expect(redactValue('x'.repeat(1_000))).toHaveLength(257);
});
