import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_USAGE } from '../../../proxy/usage/body.ts';
import { priced } from '../../../proxy/usage/cost.ts';
import { createUsageReader, type ResponseHead } from '../../../proxy/usage/reader.ts';
import type { UsageEntry } from '../../../proxy/usage/report.ts';
import { usageEntry } from '../../support/proxy/usage-entry.ts';
import { cutAt, cuts } from './streams.ts';

const RESULTS: ResponseHead = {
  status: 200,
  contentType: 'application/x-jsonl',
  contentEncoding: undefined,
  path: '/v1/messages/batches/msgbatch_01/results',
};

const read = (chunks: readonly (string | Uint8Array)[], head: Partial<ResponseHead> = {}) => {
  const reader = createUsageReader({ ...RESULTS, ...head });
  for (const chunk of chunks) reader.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return reader.end();
};

const succeeded = (usage: object, message: object = {}) =>
  JSON.stringify({
    custom_id: 'a',
    result: {
      type: 'succeeded',
      message: { model: 'claude-opus-4-8', content: [{ type: 'text', text: 'x' }], usage, ...message },
    },
  });

const result = (type: string) =>
  JSON.stringify({ custom_id: 'b', result: { type, error: { usage: { input_tokens: 9 } } } });

const USAGE = { input_tokens: 100, output_tokens: 20, service_tier: 'batch' };

/** The bands of Haiku 5.5, whose prices change with the prompt. */
const LOWER = 100_000;
const UPPER = 50_000_000;

const entry = (counts: Partial<UsageEntry>) => usageEntry({ batch: true, promptUpTo: LOWER, ...counts });

const known = { ...NO_USAGE, usage: 'known', batchId: 'msgbatch_01' };

describe('the results of a batch', () => {
  test('are added up by model, and lines without an answer bill nothing', async () => {
    const lines = [
      succeeded(USAGE),
      result('errored'),
      succeeded({ ...USAGE, input_tokens: 50 }, { model: 'claude-haiku-4-5' }),
      result('expired'),
      result('canceled'),
      succeeded({ ...USAGE, cache_creation: { ephemeral_1h_input_tokens: 7 } }),
    ];
    expect(await read([`${lines.join('\n')}\n`])).toStrictEqual({
      ...known,
      entries: [
        entry({ input: 200, output: 40, cacheWrite1h: 7 }),
        entry({ model: 'claude-haiku-4-5', input: 50, output: 20 }),
      ],
    });
  });

  test('are kept apart by mode, place and price band', async () => {
    const model = { model: 'claude-haiku-5-5' };
    const lines = [
      succeeded(USAGE, model),
      succeeded({ ...USAGE, input_tokens: 100_000 }, model),
      succeeded({ ...USAGE, input_tokens: 100_001 }, model),
      succeeded({ ...USAGE, speed: 'fast' }, model),
      succeeded({ ...USAGE, inference_geo: 'us' }, model),
    ];
    const { entries } = await read([lines.join('\n')]);
    expect(entries).toStrictEqual([
      entry({ ...model, input: 100_100, output: 40 }),
      entry({ ...model, input: 100_001, output: 20, promptUpTo: UPPER }),
      entry({ ...model, input: 100, output: 20, mode: 'fast' }),
      entry({ ...model, input: 100, output: 20, geo: 'us' }),
    ]);
    expect(priced(entries[0] as UsageEntry, '2026-11-27').usd).toBeCloseTo((100_100 * 0.1 + 40 * 0.5) / 2e6, 12);
    expect(priced(entries[1] as UsageEntry, '2026-11-27').usd).toBeCloseTo((100_001 * 0.5 + 20 * 2.5) / 2e6, 12);
  });

  test('cost half, also where the line does not name its tier', async () => {
    const { entries } = await read([succeeded({ input_tokens: 1_000_000, output_tokens: 0 })]);
    expect(entries.map((one) => priced(one, '2026-11-27').usd)).toStrictEqual([2.5]);
  });

  test('are the same in any pieces, with lines of any length', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.constant('"}}\\n{"result":{"type":"succeeded"'),
      fc.constant('x'.repeat(100_000)),
    );
    const line = fc.record({ tokens: fc.nat({ max: 1_000 }), text }).map(({ tokens, text: before }) => ({
      tokens,
      json: JSON.stringify({
        before,
        result: { message: { text: before, usage: { input_tokens: tokens } }, type: 'succeeded', after: [before] },
      }),
    }));
    const property = fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 5 }), cuts, async (lines, places) => {
      const report = await read(cutAt(Buffer.from(lines.map(({ json }) => json).join('\r\n')), places));
      const input = lines.reduce((sum, { tokens }) => sum + tokens, 0);
      expect(report).toStrictEqual({ ...known, entries: [entry({ model: 'other', input })] });
    });
    await fc.assert(property, { numRuns: 100 });
  });

  test.each(['application/octet-stream', 'binary/octet-stream', undefined])('are read as %s', async (contentType) => {
    expect((await read([succeeded(USAGE)], { contentType })).entries).toHaveLength(1);
  });

  test('are read when compressed', async () => {
    const lines = `${succeeded(USAGE)}\n`.repeat(1_000);
    const report = await read(cutAt(gzipSync(lines), [0.1, 0.5]), { contentEncoding: 'gzip' });
    expect(report).toStrictEqual({ ...known, entries: [entry({ input: 100_000, output: 20_000 })] });
  });

  test('of a request that was refused before any output bill nothing', async () => {
    const refused = succeeded({ input_tokens: 9, output_tokens: 1 }, { content: [], stop_reason: 'refusal' });
    expect(await read([refused])).toStrictEqual(known);
  });
});

describe('results that are not all there', () => {
  const [first, second] = [succeeded(USAGE), succeeded({ ...USAGE, input_tokens: 7 })];
  const cut = { ...known, finished: false, entries: [entry({ input: 100, output: 20 })] };

  test('because a line is cut bill the lines before it', async () => {
    expect(await read([`${first}\n${second.slice(0, -1)}`])).toStrictEqual(cut);
  });

  test('because the compression is cut bill the lines before it', async () => {
    const bytes = gzipSync(`${first}\n`).subarray(0, -4);
    expect(await read([bytes], { contentEncoding: 'gzip' })).toStrictEqual(cut);
  });

  test('because only a range was asked for are not finished', async () => {
    expect(await read([`${first}\n`], { status: 206 })).toStrictEqual(cut);
  });

  test.each(['', '\n\n', '\uFEFF'])('because there is none (%j) are unknown and not finished', async (body) => {
    expect(await read([body])).toStrictEqual({ ...known, usage: 'unknown', finished: false });
  });
});

test.each([
  ['that is no JSON', '<html>'],
  ['that is cut by the next', '{"result":{"type":"succeeded"'],
  ['without a result', '{"custom_id":"a"}'],
  ['of an unknown type', '{"result":{"type":"later"}}'],
  ['that succeeded without usage', '{"result":{"type":"succeeded","message":{"model":"x"}}}'],
  ['with a count that is none', succeeded({ input_tokens: 1e12 })],
])('a line %s makes the usage unknown, and the others are billed', async (_, line) => {
  const report = await read([`${succeeded(USAGE)}\n${line}\n${succeeded(USAGE)}\n`]);
  expect(report).toStrictEqual({ ...known, usage: 'unknown', entries: [entry({ input: 200, output: 40 })] });
});

test('results of more models than anybody has take bounded memory', async () => {
  const lines = Array.from({ length: 1_001 }, (_, index) => succeeded(USAGE, { model: `model-${index}` }));
  const report = await read([lines.join('\n')]);
  expect(report.entries).toHaveLength(1_000);
  expect(report.usage).toBe('unknown');
});
