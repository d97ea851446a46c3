import { afterEach, describe, expect, test } from 'vitest';
import { RawClient } from '../../support/proxy/raw-client.ts';
import { MINUTE } from './time.ts';
import { failure } from './upstream.ts';
import { eventually, inTurn, keys, type Scrape, startWorld, type World, type WorldOptions } from './world.ts';

let world: World;

afterEach(() => world.close());

const OBSERVED = [
  'proxy_request_duration_ms_milliseconds_count',
  'proxy_time_to_first_byte_seconds_count',
  'proxy_overhead_seconds_count',
  'proxy_request_body_size_bytes_count',
];

const observations = (scrape: Scrape): number =>
  OBSERVED.flatMap((name) => scrape.series(name)).reduce((sum, { value }) => sum + value, 0);

const POST = 'POST /v1/messages HTTP/1.1\r\nhost: localhost\r\n';

interface Case {
  readonly reason: string;
  readonly status: number;
  readonly bytes: string;
  readonly options?: WorldOptions;
}

const CASES: readonly Case[] = [
  {
    reason: 'not_found',
    status: 404,
    bytes: 'POST /api/event_logging/batch HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}',
  },
  { reason: 'not_found', status: 404, bytes: 'GET /favicon.ico HTTP/1.1\r\nhost: localhost\r\n\r\n' },
  { reason: 'not_found', status: 404, bytes: 'GET /v1/../etc HTTP/1.1\r\nhost: localhost\r\n\r\n' },
  { reason: 'bad_request', status: 400, bytes: 'POST /v1/messages HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}' },
  {
    reason: 'method_not_allowed',
    status: 405,
    bytes: 'POST /health HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}',
  },
  {
    reason: 'too_large',
    status: 413,
    bytes: `${POST}content-length: 5000\r\n\r\n`,
    options: { settings: { maxBodyBytes: '4096' } },
  },
  { reason: 'expectation_failed', status: 417, bytes: `${POST}expect: the-tide\r\ncontent-length: 2\r\n\r\n{}` },
  {
    reason: 'forbidden',
    status: 403,
    bytes: `${POST}origin: https://evil.example\r\ncontent-length: 2\r\n\r\n{}`,
    options: { pool: keys('a') },
  },
  { reason: 'no_credential', status: 503, bytes: `${POST}content-length: 2\r\n\r\n{}`, options: { pool: {} } },
];

describe('a request that the proxy answers itself', () => {
  test.each(CASES)(
    'is counted as $reason with $status, and not as latency or size',
    async ({ reason, status, bytes, options }) => {
      world = await startWorld(options);
      const client = new RawClient(world.ports().port);
      client.write(bytes);
      const answer = await client.answer();
      client.socket.destroy();
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.body.toString())).toMatchObject({
        type: 'error',
        error: { message: expect.any(String) },
      });
      await eventually(async () => expect((await world.scrape()).value('proxy_refusals_total', { reason })).toBe(1));
      const scrape = await world.scrape();
      expect(
        scrape.value('proxy_request_count_total', {
          stream: 'false',
          status_code: status === 417 ? 'other' : String(status),
        }),
      ).toBe(1);
      expect(scrape.value('proxy_request_outcomes_total', { outcome: 'rejected' })).toBe(1);
      expect(observations(scrape)).toBe(0);
      expect(world.upstream.asked).toEqual([]);
    },
  );

  test('many times has a line at once, then one a minute with the count', async () => {
    world = await startWorld();
    const asked = { path: '/api/event_logging/batch', body: '{}' };
    await inTurn(world, Array(20).fill(asked));
    expect(world.lines('api_request')).toEqual([]);
    expect(world.lines('requests_refused')).toMatchObject([{ reason: 'not_found', status: '404', count: 1 }]);
    await world.pass(2 * MINUTE);
    expect(world.lines('requests_refused').map(({ count }) => count)).toEqual([1, 19]);
    expect((await world.scrape()).value('proxy_request_count_total', { stream: 'false', status_code: '404' })).toBe(20);
  });

  test('does not hide the latency of those that are forwarded', async () => {
    world = await startWorld();
    await inTurn(world, [...Array(20).fill({ path: '/api/event_logging/batch' }), {}]);
    const scrape = await world.scrape();
    expect(scrape.value('proxy_request_duration_ms_milliseconds_count', { stream: 'false' })).toBe(1);
    expect(scrape.value('proxy_request_body_size_bytes_count')).toBe(1);
  });

  test('never shows what it was asked for in the log', async () => {
    world = await startWorld();
    const secrets = ['my-secret-prompt', 'sk-ant-api03-abcdefghijklmnop'];
    for (const secret of secrets)
      await world.ask({ path: `/v2/${secret}?key=${secret}`, headers: { 'x-api-key': secret } });
    await world.pass(2 * MINUTE);
    const lines = JSON.stringify(world.lines('requests_refused'));
    for (const secret of secrets) expect(lines).not.toContain(secret);
  });
});

describe('an error of the upstream', () => {
  const PROMPT = 'buy the island quietly';

  test.each([
    `messages.0.content: "${PROMPT}" is not a valid block`,
    `Could not parse '${PROMPT} and more'`,
    `messages.0.content.0.text: ${PROMPT}`,
    `${PROMPT} is not a valid model`,
    `Invalid JSON near {"role":"user","content":"${PROMPT}"}`,
    `Unexpected text.\n${PROMPT}`,
    `${'Words of the upstream. '.repeat(20)}${PROMPT}`,
  ])('is logged without what it quotes of the request: %j', async (text) => {
    world = await startWorld();
    world.upstream.answer(() => failure(400, 'invalid_request_error', text));
    await world.ask();
    await eventually(() => expect(world.lines('upstream_error')).toHaveLength(1));
    expect(world.lines('upstream_error')).toMatchObject([{ error_type: 'invalid_request', status: '400' }]);
    expect(JSON.stringify(world.lines('upstream_error'))).not.toContain(PROMPT);
  });

  test.each([
    'Overloaded',
    'Bearer authentication failed',
    'Your credit balance is too low to access the Anthropic API',
  ])('is logged in its own words where they are known: %s', async (text) => {
    world = await startWorld();
    world.upstream.answer(() => failure(400, 'invalid_request_error', text));
    await world.ask();
    await eventually(() => expect(world.lines('upstream_error')).toHaveLength(1));
    expect(String(world.lines('upstream_error')[0]?.error_message)).toContain(text);
  });
});
