import { afterEach, describe, expect, test } from 'vitest';
import { classify } from '../../../proxy/pool/classify.ts';
import { FAULTS, type Fault, type Scenario } from '../../../proxy/simulator/scenario.ts';
import { SCENARIOS } from '../../../proxy/simulator/scenarios.ts';
import { type Simulator, startSimulator } from '../../../proxy/simulator/simulator.ts';
import { createUsageReader } from '../../../proxy/usage/reader.ts';
import { type Ask, ask, question, subscription } from './client.ts';

const NOON = Date.UTC(2026, 9, 14, 12);
const HOUR = 3_600_000;

let simulator: Simulator;
let now = NOON;

const start = async (...scenarios: readonly Scenario[]): Promise<Simulator> => {
  now = NOON;
  simulator = await startSimulator({ seed: 7, now: () => now, scenarios });
  return simulator;
};

afterEach(() => simulator.stop());

const askFor = (asked?: Ask) => ask(simulator.url, asked);
const errorOf = ({ body }: { body: string }) => JSON.parse(body).error;

describe('an answer', () => {
  test('has the same text and usage as a stream and as JSON', async () => {
    await start();
    const whole = JSON.parse((await askFor()).body);
    await simulator.stop();
    await start();
    const { body, headers } = await askFor({ body: question({ stream: true }) });
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const events = body
      .split('\n\n')
      .flatMap((one) => (one === '' ? [] : [JSON.parse(one.split('\ndata: ')[1] ?? '')]));
    const text = events.map(({ delta }) => delta?.text ?? '').join('');
    expect(text).toBe(whole.content[0].text);
    expect(events[0].message.usage).toMatchObject({ output_tokens: 2, input_tokens: whole.usage.input_tokens });
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'end_turn' } });
    expect(events.at(-2).usage.output_tokens).toBe(whole.usage.output_tokens);
  });

  test('is read in full by the proxy’s reader of usage', async () => {
    await start();
    const cached = {
      stream: true,
      system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    };
    const read = async () => {
      const answer = await askFor({ body: question(cached) });
      const contentType = answer.headers['content-type'];
      const reader = createUsageReader({ status: 200, contentType, contentEncoding: undefined, path: '/v1/messages' });
      reader.write(Buffer.from(answer.body));
      return reader.end();
    };
    const cold = await read();
    const warm = await read();
    expect(cold.finished).toBe(true);
    expect(cold.entries).toMatchObject([
      { model: 'claude-sonnet-5-5', cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 30_000 },
    ]);
    expect(warm.entries).toMatchObject([{ cacheRead: 30_000, cacheWrite1h: 1_500 }]);
  });

  test('is never longer than asked', async () => {
    await start();
    const { usage, stop_reason } = JSON.parse((await askFor({ body: question({ max_tokens: 3 }) })).body);
    expect(usage.output_tokens).toBe(3);
    expect(stop_reason).toBe('max_tokens');
  });

  test('is compressed where the scenario and the client want it', async () => {
    await start({ compressed: true });
    const plain = await askFor();
    expect(plain.headers['content-encoding']).toBeUndefined();
    const response = await fetch(`${simulator.url}/v1/models`, { headers: subscription('a') });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(((await response.json()) as { data: unknown[] }).data.length).toBeGreaterThan(10);
  });

  test('comes at the pace of its scenario, divided', async () => {
    await start();
    await simulator.stop();
    const pace = { firstByteMs: { median: 3_000, spread: 0 }, tokenMs: 0 };
    simulator = await startSimulator({ scenarios: [{ pace }], paceDivisor: 20 });
    const before = performance.now();
    await askFor();
    expect(performance.now() - before).toBeGreaterThan(145);
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});

test('the same seed and requests give the same answers', async () => {
  const run = async (): Promise<readonly string[]> => {
    await start(SCENARIOS.everyday, { pace: { firstByteMs: { median: 0, spread: 0 }, tokenMs: 0 } });
    const answers = [];
    for (let count = 0; count < 30; count += 1) {
      const { status, body, headers } = await askFor({ body: question({ stream: count % 2 === 0 }) });
      answers.push(`${status} ${headers['request-id']} ${body}`);
    }
    await simulator.stop();
    return answers;
  };
  expect(await run()).toEqual(await run());
});

describe('faults', () => {
  const ANSWERED: readonly (readonly [Fault, number, string])[] = [
    ['minute', 429, 'rate_limit_minute'],
    ['spend', 429, 'rate_limit_spend'],
    ['overloaded', 529, 'overloaded'],
    ['api_error', 500, 'api_error'],
    ['timeout', 504, 'timeout'],
    ['unauthorized', 401, 'authentication'],
    ['forbidden', 403, 'permission'],
    ['bad_gateway', 502, 'api_error'],
  ];

  test.each(ANSWERED)('%s answers %i, which the proxy takes for %s', async (fault, status, kind) => {
    await start({ script: [fault, null] });
    const answer = await askFor();
    expect(answer.status).toBe(status);
    const error = answer.headers['content-type'] === 'text/html' ? null : errorOf(answer);
    expect(classify({ status, headers: answer.headers, error })).toBe(kind);
    expect((await askFor()).status).toBe(200);
  });

  test.each<Fault>(['reset', 'garbage'])('%s breaks the connection before the answer', async (fault) => {
    await start({ script: [fault] });
    await expect(askFor()).rejects.toThrow();
  });

  test.each([true, false])('cut breaks the answer off half way (stream: %s)', async (stream) => {
    await start({ script: ['cut'] });
    await expect(askFor({ body: question({ stream }) })).rejects.toThrow();
    expect(simulator.seen().faults).toEqual({ cut: 1 });
  });

  test('stream_error ends a stream with an error event', async () => {
    await start({ script: ['stream_error'] });
    const { status, body } = await askFor({ body: question({ stream: true }) });
    expect(status).toBe(200);
    expect(body).toMatch(/event: error\ndata: \{"type":"error","error":\{"type":"overloaded_error".*\}\n\n$/);
    expect(body).not.toContain('message_stop');
  });

  test.each<Fault>(['hang', 'stall'])('%s leaves the client waiting', async (fault) => {
    await start({ script: [fault] });
    const signal = AbortSignal.timeout(300);
    const body = question({ stream: true });
    const answer = fetch(`${simulator.url}/v1/messages`, { method: 'POST', headers: subscription('a'), body, signal });
    await expect(answer.then((response) => response.text())).rejects.toThrow('aborted due to timeout');
  });

  test('come as often as their shares say', async () => {
    await start({ faults: { api_error: 0.2 } });
    for (let count = 0; count < 200; count += 1) await askFor();
    const { messages, faults } = simulator.seen();
    expect(messages).toBe(200);
    expect(faults.api_error).toBeGreaterThan(25);
    expect(faults.api_error).toBeLessThan(55);
  });

  test('are each either an answer or trouble that a test here plays', () => {
    const tried = [...ANSWERED.map(([fault]) => fault), 'reset', 'garbage', 'cut', 'stream_error', 'hang', 'stall'];
    expect(tried.toSorted()).toEqual([...FAULTS].toSorted());
  });
});

describe('windows', () => {
  const windowsOf = (headers: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => name.startsWith('anthropic-ratelimit-unified-'))
        .map(([name, value]) => [name.replace('anthropic-ratelimit-unified-', ''), value]),
    );

  test('fill as they are used, and the poll reports the same as the headers', async () => {
    await start({ budget: 1_000_000 });
    const before = windowsOf((await askFor()).headers);
    const after = windowsOf((await askFor()).headers);
    expect(Number(after['5h-utilization'])).toBeGreaterThan(Number(before['5h-utilization']));
    const usage = JSON.parse((await askFor({ method: 'GET', path: '/api/oauth/usage' })).body);
    expect(usage.five_hour.utilization).toBeCloseTo(100 * Number(after['5h-utilization']), 1);
    expect(Date.parse(usage.five_hour.resets_at) / 1_000).toBe(Number(after['5h-reset']));
    expect(Object.keys(usage)).toEqual([
      'five_hour',
      'seven_day',
      'seven_day_sonnet',
      'seven_day_opus',
      'seven_day_overage_included',
      'extra_usage',
    ]);
  });

  test('refuse with 429 when they are used up, until they reset', async () => {
    await start({ windows: [{ account: 'a', window: '5h', percent: 100, resetsInSeconds: 90 }] });
    const refused = await askFor();
    expect(refused.status).toBe(429);
    expect(classify({ status: 429, headers: refused.headers, error: errorOf(refused) })).toBe('rate_limit_quota');
    expect(refused.headers['retry-after']).toBe('90');
    expect(windowsOf(refused.headers)).toMatchObject({
      status: 'rejected',
      'representative-claim': 'five_hour',
      reset: String(NOON / 1_000 + 90),
      '5h-status': 'rejected',
      '7d-status': 'allowed',
    });
    expect((await askFor({ headers: subscription('b') })).status).toBe(200);
    now += 90_000;
    const next = await askFor();
    expect(next.status).toBe(200);
    expect(Number(next.headers['anthropic-ratelimit-unified-5h-reset'])).toBe((now + 5 * HOUR) / 1_000);
  });

  test('of a short length begin with the first request, those of a week keep their day', async () => {
    await start();
    await askFor();
    now += 4 * 24 * HOUR;
    const poll = async () => JSON.parse((await askFor({ method: 'GET', path: '/api/oauth/usage' })).body);
    expect((await poll()).five_hour).toEqual({ utilization: 0, resets_at: null });
    expect(Date.parse((await poll()).seven_day.resets_at)).toBe(NOON + 10.5 * 24 * HOUR);
    await askFor();
    expect(Date.parse((await poll()).five_hour.resets_at)).toBe(now + 5 * HOUR);
  });

  test('for some models refuse those alone', async () => {
    await start({ windows: [{ account: 'a', window: '7d_oi', percent: 101, resetsInSeconds: 600 }] });
    expect((await askFor({ body: question({ model: 'claude-fable-5-1' }) })).status).toBe(429);
    const other = await askFor();
    expect(other.status).toBe(200);
    expect(windowsOf(other.headers)).not.toHaveProperty('7d_oi-utilization');
  });

  test('are shorter where they are divided', async () => {
    await start();
    await simulator.stop();
    simulator = await startSimulator({ now: () => NOON, windowDivisor: 60 });
    const { headers } = await askFor();
    expect(Number(headers['anthropic-ratelimit-unified-5h-reset'])).toBe((NOON + (5 * HOUR) / 120) / 1_000);
  });
});

describe('callers', () => {
  test.each([
    ['without a credential', {}],
    ['with a token but without the beta of OAuth', { authorization: 'Bearer simulated-a' }],
    ['with a revoked token', subscription('a')],
  ])('are refused %s', async (_, headers) => {
    await start({ revoked: ['simulated-a'] });
    const answer = await askFor({ headers });
    expect(answer.status).toBe(401);
    expect(errorOf(answer).type).toBe('authentication_error');
  });

  test('are let in again with a renewed token of the same account', async () => {
    await start({
      budget: 1_000_000,
      revoked: ['simulated-a'],
      windows: [{ account: 'a', window: '5h', percent: 60, resetsInSeconds: 60 }],
    });
    const { status, headers } = await askFor({ headers: subscription('a', 1) });
    expect(status).toBe(200);
    expect(Number(headers['anthropic-ratelimit-unified-5h-utilization'])).toBeGreaterThan(0.6);
  });

  test.each([
    ['a text', (account: string) => `user_${'d'.repeat(64)}_account_${account}_session_s`],
    ['JSON', (account: string) => JSON.stringify({ device_id: 'd', account_uuid: account, session_id: 's' })],
  ])('share the windows of the account that their requests name, as %s', async (_how, userId) => {
    await start({ budget: 1_000_000 });
    const use = async (token: string, account: string): Promise<number> => {
      const metadata = { user_id: userId(account) };
      const { headers } = await askFor({ headers: subscription(token), body: question({ metadata }) });
      return Number(headers['anthropic-ratelimit-unified-5h-utilization']);
    };
    const [one, other] = ['0000aaaa-0000-4000-8000-000000000001', '0000aaaa-0000-4000-8000-000000000002'];
    const first = await use('monday', one);
    expect(await use('tuesday', one)).toBeGreaterThan(first);
    expect(await use('elsewhere', other)).toBeCloseTo(first, 1);
    const usage = async (token: string) =>
      JSON.parse((await askFor({ method: 'GET', path: '/api/oauth/usage', headers: subscription(token) })).body);
    expect((await usage('monday')).five_hour).toEqual((await usage('tuesday')).five_hour);
  });

  test('keep the account that they named first', async () => {
    await start({ budget: 1_000_000 });
    const use = (token: string, account: string) => {
      const metadata = { user_id: JSON.stringify({ account_uuid: account }) };
      return askFor({ headers: subscription(token), body: question({ metadata }) });
    };
    const usage = async () =>
      JSON.parse((await askFor({ method: 'GET', path: '/api/oauth/usage', headers: subscription('alice') })).body);
    const [alice, mallory] = ['0000aaaa-0000-4000-8000-000000000001', '0000aaaa-0000-4000-8000-000000000002'];
    await use('alice', alice);
    const before = await usage();
    await use('mallory', mallory);
    await use('mallory', alice);
    expect(await usage()).toEqual(before);
  });

  test.each([
    ['an accepted credential', subscription('a'), 400, 'invalid_request_error'],
    ['a revoked one', subscription('gone'), 401, 'authentication_error'],
    ['an accepted key', { 'x-api-key': 'simulated-k' }, 400, 'invalid_request_error'],
  ])('with %s are judged before their empty message is', async (_what, headers, status, type) => {
    await start({ revoked: ['simulated-gone'] });
    const answer = await askFor({ headers, body: '{}' });
    expect(answer.status).toBe(status);
    expect(errorOf(answer).type).toBe(type);
    expect(simulator.seen().messages).toBe(0);
  });

  test('with a key see what remains of tokens in the minute', async () => {
    await start();
    const headers = { 'x-api-key': 'simulated-k' };
    const remaining = async (kind: string) =>
      Number((await askFor({ headers })).headers[`anthropic-ratelimit-${kind}-remaining`]);
    const before = { input: await remaining('input-tokens'), output: await remaining('output-tokens') };
    expect(before.input).toBeLessThan(2_000_000);
    expect(before.input % 1_000).toBe(0);
    for (let count = 0; count < 10; count += 1) await askFor({ headers });
    expect(await remaining('input-tokens')).toBeLessThan(before.input);
    expect(await remaining('output-tokens')).toBeLessThan(before.output);
    const answer = (await askFor({ headers })).headers;
    expect(answer['anthropic-ratelimit-tokens-limit']).toBe('2400000');
    expect(answer['anthropic-ratelimit-output-tokens-reset']).toBe('2026-10-14T12:01:00Z');
    now += 60_000;
    expect(await remaining('output-tokens')).toBeGreaterThan(before.output - 1_000);
  });

  test('with a key have limits a minute and no windows', async () => {
    await start({ requestsPerMinute: 2 });
    const headers = { 'x-api-key': 'simulated-k' };
    const first = await askFor({ headers });
    expect(first.headers['anthropic-ratelimit-requests-remaining']).toBe('1');
    expect(first.headers).not.toHaveProperty('anthropic-ratelimit-unified-status');
    await askFor({ headers });
    const third = await askFor({ headers });
    expect(third.status).toBe(429);
    expect(classify({ status: 429, headers: third.headers, error: errorOf(third) })).toBe('rate_limit_minute');
    now += 60_000;
    expect((await askFor({ headers })).status).toBe(200);
    expect((await askFor({ method: 'GET', path: '/api/oauth/usage', headers })).status).toBe(403);
  });
});

test.each([
  ['a message', {}],
  ['a stream', { body: question({ stream: true }) }],
  ['a refused message', { headers: {} }],
  ['a list', { method: 'GET', path: '/v1/models' }],
])('%s carries the organization, a request id and the date of the simulator', async (_what, asked) => {
  await start();
  const { headers } = await askFor(asked);
  expect(headers).toMatchObject({
    'anthropic-organization-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'request-id': expect.stringMatching(/^req_/),
    date: new Date(NOON).toUTCString(),
  });
});

describe('other paths', () => {
  test.each([
    ['POST', '/v1/messages/count_tokens', 200],
    ['GET', '/v1/models?limit=1000', 200],
    ['GET', '/v1/models/claude-opus-5-5', 200],
    ['GET', '/v1/models/gpt', 404],
    ['HEAD', '/', 200],
    ['HEAD', '/api/hello', 200],
    ['GET', '/v1/nothing', 404],
    ['GET', '/v1/messages/batches/msgbatch_unknown', 404],
  ])('%s %s answers %i', async (method, path, status) => {
    await start();
    expect((await askFor({ method, path })).status).toBe(status);
  });

  test.each([
    ['no JSON', 'the tide', 400],
    ['no model', JSON.stringify({ max_tokens: 1, messages: [] }), 400],
    ['an unknown model', question({ model: 'gpt' }), 404],
  ])('a message with %s is refused', async (_, body, status) => {
    await start();
    expect((await askFor({ body })).status).toBe(status);
  });

  test('a batch is made, has ended, and has the usage in its results', async () => {
    await start();
    const requests = [{ custom_id: 'one', params: { model: 'claude-opus-5-5' } }];
    const path = '/v1/messages/batches';
    const made = JSON.parse((await askFor({ path, body: JSON.stringify({ requests }) })).body);
    expect(made.processing_status).toBe('in_progress');
    const found = JSON.parse((await askFor({ method: 'GET', path: `${path}/${made.id}` })).body);
    expect(found).toMatchObject({ processing_status: 'ended', request_counts: { succeeded: 1 } });
    const results = await askFor({ method: 'GET', path: found.results_url });
    expect(JSON.parse(results.body).result.message).toMatchObject({
      model: 'claude-opus-5-5',
      usage: { output_tokens: 20 },
    });
    expect(JSON.parse((await askFor({ method: 'DELETE', path: `${path}/${made.id}` })).body).type).toBe(
      'message_batch_deleted',
    );
  });
});
