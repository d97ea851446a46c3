import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { event, events, message, type Reply, stream, USAGE } from './upstream.ts';
import { eventually, type Scrape, startWorld, type World } from './world.ts';

let world: World;

beforeEach(async () => {
  world = await startWorld();
});

afterEach(() => world.close());

const sum = (scrape: Scrape, metric: string): number =>
  scrape.series(metric).reduce((total, { value }) => total + value, 0);

/** What is counted of one answer. */
const counted = async (reply: Reply, asked: { path?: string; method?: string } = {}) => {
  world.upstream.answer(() => reply);
  await world.ask(asked);
  await eventually(() => expect(world.lines('api_request')).not.toEqual([]));
  const scrape = await world.scrape();
  const of = (metric: string) => sum(scrape, metric);
  const byModel = scrape.series('proxy_tokens_output_total').filter(({ value }) => value > 0);
  return {
    usd: of('proxy_cost_usd_total'),
    input: of('proxy_tokens_input_total'),
    output: of('proxy_tokens_output_total'),
    cacheRead: of('proxy_tokens_cache_read_total'),
    unknown: of('proxy_usage_unknown_total'),
    unpriced: of('proxy_unpriced_tokens_total'),
    models: byModel.map(({ labels }) => labels.model),
    line: world.lines('api_request').at(-1),
    outcome: scrape.series('proxy_request_outcomes_total').find(({ value }) => value > 0)?.labels.outcome,
  };
};

/** 1,000 tokens in and 100 out. */
const of = (model: string, usage: object = {}) => message({ model, usage: { ...USAGE, ...usage } });

describe('the price of a model', () => {
  test.each([
    ['claude-fable-5-2', 0.012],
    ['claude-mythos-5-2', 0.012],
    ['claude-fable-5-1', 0.015],
    ['claude-opus-5-5', 0.006],
    ['claude-sonnet-5-5', 0.003],
    ['claude-3-opus-20240229', 0.0225],
    ['claude-3-sonnet-20240229', 0.0045],
    ['claude-3-5-sonnet-20241022', 0.0045],
    ['claude-3-5-sonnet-latest', 0.0045],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 0.0045],
    ['global.anthropic.claude-opus-4-5-20251101-v1:0', 0.0075],
    ['claude-opus-4-5@20251101', 0.0075],
    ['claude-sonnet-4-5-20250929[1m]', 0.0045],
  ])('%s is %d USD', async (model, usd) => {
    const { usd: cost, unpriced, input } = await counted(of(model));
    expect(cost).toBeCloseTo(usd, 9);
    expect(unpriced).toBe(0);
    expect(input).toBe(1_000);
  });

  test.each([
    ['claude-fable-5-2', { speed: 'fast' }, 0.024],
    ['claude-opus-5-5', { speed: 'fast' }, 0.012],
    ['claude-opus-5-5', { speed: 'fast', cache_read_input_tokens: 1_000_000 }, 0.412],
    ['claude-fable-5-2', { speed: 'fast', cache_read_input_tokens: 1_000_000 }, 0.424],
    ['claude-opus-4-6', { inference_geo: 'us' }, 0.00825],
    ['claude-sonnet-5-5', { inference_geo: 'us' }, 0.0033],
    ['claude-opus-4-5', { inference_geo: 'us' }, 0.0075],
    ['claude-sonnet-5-5', { inference_geo: 'global' }, 0.003],
    ['claude-sonnet-5-5', { service_tier: 'batch' }, 0.0015],
  ])('%s with %j is %d USD', async (model, usage, usd) => {
    expect((await counted(of(model, usage))).usd).toBeCloseTo(usd, 9);
  });

  test.each(['claude-nothing-9', 'gpt-5'])('%s is not known: its tokens are counted as unpriced', async (model) => {
    const { usd, unpriced, input } = await counted(of(model));
    expect(usd).toBe(0);
    expect(unpriced).toBe(1_100);
    expect(input).toBe(1_000);
  });

  test('of a file is used without a release', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'prices-'));
    const file = join(folder, 'prices.json');
    const rates = { input: 1, output: 2, cacheRead: 0.1, cacheWrite5m: 1.25, cacheWrite1h: 2 };
    await writeFile(
      file,
      JSON.stringify({ models: { 'claude-nothing-9': rates, 'claude-opus-5-5': { ...rates, input: 3 } } }),
    );
    await world.close();
    world = await startWorld({ settings: { pricesFile: file } });
    const first = await counted(of('claude-nothing-9'));
    expect(first).toMatchObject({ usd: expect.closeTo(0.0012, 9), unpriced: 0, models: ['other'] });
    expect((await counted(of('claude-opus-5-5'))).usd).toBeCloseTo(0.0012 + 0.0032, 9);
    await rm(folder, { recursive: true });
  });
});

describe('an answer that is not billed costs nothing', () => {
  const opening = event('message_start', { message: { model: 'claude-opus-5-5', content: [], usage: USAGE } });
  const refused = (usage: object) => event('message_delta', { delta: { stop_reason: 'refusal' }, usage });

  test.each<readonly [string, Reply]>([
    [
      'a refusal',
      message({
        model: 'claude-opus-5-5',
        stop_reason: 'refusal',
        content: [],
        usage: { input_tokens: 900, output_tokens: 1 },
      }),
    ],
    [
      'a refusal with a category',
      message({
        stop_reason: 'refusal',
        stop_details: { category: 'cyber' },
        content: [],
        usage: { input_tokens: 900, output_tokens: 5 },
      }),
    ],
    ['a refused stream', stream([opening, refused({ output_tokens: 3 }), event('message_stop')])],
    ['counting tokens', { status: 200, body: '{"input_tokens":4000}' }],
    ['an error', { status: 400, body: '{"type":"error","error":{"type":"invalid_request_error","message":"no"}}' }],
  ])('%s', async (name, reply) => {
    const path = name === 'counting tokens' ? '/v1/messages/count_tokens' : '/v1/messages';
    expect(await counted(reply, { path })).toMatchObject({ usd: 0, unknown: 0, unpriced: 0, outcome: 'finished' });
  });

  test('but a refusal after output is billed', async () => {
    const pieces = events(USAGE, { model: 'claude-opus-5-5' }).map((one) => one.replace('end_turn', 'refusal'));
    expect((await counted(stream(pieces))).usd).toBeCloseTo(0.006, 9);
  });
});

describe('a fallback to another model', () => {
  const LAST = { input_tokens: 412, output_tokens: 264 };
  const iterations = [
    { type: 'message', model: 'claude-fable-5', input_tokens: 408, output_tokens: 0 },
    { type: 'fallback_message', model: 'claude-opus-4-8', ...LAST },
  ];

  test.each<readonly [string, Reply]>([
    ['as JSON', message({ model: 'claude-opus-4-8', usage: { ...LAST, iterations } })],
    [
      'as a stream',
      stream([
        event('message_start', {
          message: { model: 'claude-fable-5', content: [], usage: { input_tokens: 408, output_tokens: 0 } },
        }),
        ...events().slice(1, 4),
        event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { ...LAST, iterations } }),
        event('message_stop'),
      ]),
    ],
  ])('is billed for the attempt with output (%s)', async (_how, reply) => {
    const { usd, input, output, models } = await counted(reply);
    expect(usd).toBeCloseTo((412 * 5 + 264 * 25) / 1e6, 9);
    expect({ input, output, models }).toEqual({ input: 412, output: 264, models: ['claude-opus-4-8'] });
  });

  test('twice is billed for both attempts with output', async () => {
    const twice = [
      { type: 'message', model: 'claude-fable-5', input_tokens: 400, output_tokens: 10 },
      { type: 'fallback_message', model: 'claude-opus-4-8', input_tokens: 410, output_tokens: 0 },
      { type: 'fallback_message', model: 'claude-sonnet-4-6', input_tokens: 420, output_tokens: 100 },
    ];
    const reply = message({
      model: 'claude-sonnet-4-6',
      usage: { input_tokens: 420, output_tokens: 100, iterations: twice },
    });
    const { usd } = await counted(reply);
    expect(usd).toBeCloseTo((400 * 10 + 10 * 50 + 420 * 3 + 100 * 15) / 1e6, 9);
  });
});

describe('the results of a batch', () => {
  const line = (id: string, model: string) =>
    JSON.stringify({
      custom_id: id,
      result: { type: 'succeeded', message: { model, usage: { ...USAGE, service_tier: 'batch' } } },
    });
  const errored = JSON.stringify({ custom_id: 'x', result: { type: 'errored', error: { type: 'api_error' } } });
  const body = `${[line('1', 'claude-opus-5-5'), errored, line('2', 'claude-sonnet-5-5')].join('\n')}\n`;
  const results: Reply = { status: 200, headers: { 'content-type': 'application/x-jsonl' }, body };
  const asked = { method: 'GET', path: '/v1/messages/batches/msgbatch_1/results' };

  test('cost half, once, however often they are fetched', async () => {
    for (let fetch = 0; fetch < 3; fetch += 1) await counted(results, asked);
    const { usd, input, output } = await counted(results, asked);
    expect(usd).toBeCloseTo((0.006 + 0.003) / 2, 9);
    expect({ input, output }).toEqual({ input: 2_000, output: 200 });
  });

  test('of another batch cost again', async () => {
    await counted(results, asked);
    const { usd } = await counted(results, { ...asked, path: '/v1/messages/batches/msgbatch_2/results' });
    expect(usd).toBeCloseTo(0.009, 9);
  });

  test('cost once over a restart', async () => {
    expect((await counted(results, asked)).usd).toBeCloseTo(0.0045, 9);
    await world.restart();
    expect((await counted(results, asked)).usd).toBe(0);
  });
});

describe('usage is read', () => {
  const plain = message({ model: 'claude-sonnet-5-5' });
  const sonnet = events(USAGE, { model: 'claude-sonnet-5-5' });
  const text = String(plain.body);
  const compressed = (body: Buffer, coding: string): Reply => ({
    status: 200,
    headers: { 'content-encoding': coding },
    body,
  });

  test.each<readonly [string, Reply]>([
    ['from a stream without names of events', stream(sonnet.map((one) => one.replace(/^event: .*\n/, '')))],
    [
      'from a stream with some names',
      stream(sonnet.map((one, index) => (index % 2 === 0 ? one : one.replace(/^event: .*\n/, '')))),
    ],
    [
      'from a stream with other spacing',
      stream(sonnet.map((one) => one.replace('data: ', 'data:').replace(/^event: .*\n/, ''))),
    ],
    ['behind a byte order mark', { ...plain, body: `\ufeff${text}` }],
    ['from gzip', compressed(gzipSync(text), 'gzip')],
    ['from two codings', compressed(brotliCompressSync(gzipSync(text)), 'gzip, br')],
  ])('%s', async (_what, reply) => {
    expect(await counted(reply)).toMatchObject({
      ...{ input: 1_000, output: 100, unknown: 0, outcome: 'finished' },
      usd: expect.closeTo(0.003, 9),
    });
  });

  test.each(['/v1/messages/', '/v1/messages?beta=true', '/v1/messages/?beta=true'])('on %s', async (path) => {
    expect(await counted(plain, { path })).toMatchObject({ input: 1_000, output: 100, unknown: 0 });
  });
});

describe('a success without readable usage is counted, and its cost is null', () => {
  test.each<readonly [string, Reply]>([
    ['JSON without usage', { status: 200, body: '{"type":"message","content":[]}' }],
    ['JSON cut off', { status: 200, body: '{"type":"message","usage":{"input_tok' }],
    ['an empty stream', stream([''])],
    ['broken gzip', { status: 200, headers: { 'content-encoding': 'gzip' }, body: 'no gzip' }],
    ['an unknown coding', { status: 200, headers: { 'content-encoding': 'dcb' }, body: '{"type":"message"}' }],
    ['a page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['an absurd count', message({ usage: { input_tokens: 1e15, output_tokens: 1 } })],
    ['a negative count', message({ usage: { input_tokens: -5, output_tokens: 1 } })],
  ])('%s', async (_what, reply) => {
    const { unknown, usd, line } = await counted(reply);
    expect(unknown).toBe(1);
    expect(usd).toBeLessThan(0.001);
    expect(line).toMatchObject({ cost_usd: null });
  });
});

describe('a stream without an end', () => {
  test.each<readonly [string, readonly string[]]>([
    ['that lacks its last event', events().slice(0, -1)],
    ['that stops amid its text', events().slice(0, 3)],
    ['that is cut within an event', [...events().slice(0, 3), 'event: content_block_delta\ndata: {"type"']],
  ])('%s has an outcome of its own', async (_what, pieces) => {
    expect(await counted(stream(pieces))).toMatchObject({ outcome: 'upstream_incomplete' });
  });
});
