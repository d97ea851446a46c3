import { readdirSync, readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createBilling } from '../../../proxy/usage/bill.ts';
import { NO_USAGE } from '../../../proxy/usage/body.ts';
import { createUsageReader } from '../../../proxy/usage/reader.ts';
import { usageEntry } from '../../support/proxy/usage-entry.ts';
import { cutAt, cuts } from './streams.ts';

const FOLDER = new URL('./vectors/', import.meta.url);

const json = z.record(z.string(), z.unknown());

const body = z.union([
  z.strictObject({ json }),
  z.strictObject({ events: z.array(json.and(z.object({ type: z.string() }))).min(1) }),
  z.strictObject({ jsonl: z.array(json).min(1) }),
  z.strictObject({ lines: z.array(z.string()) }),
]);

const vector = z.strictObject({
  name: z.string().min(1),
  about: z.string().min(1),
  request: z.strictObject({ path: z.string().startsWith('/') }),
  answer: z.strictObject({
    status: z.int().min(200).max(599),
    headers: z.record(z.string(), z.string()),
    body,
    eventLines: z.boolean().default(true),
    compressed: z.boolean().default(true),
    cutBytes: z.int().min(1).optional(),
    keepBytes: z.int().min(1).optional(),
  }),
  at: z.iso.date(),
  expect: z.strictObject({
    entries: z.array(
      z
        .strictObject({
          model: z.string(),
          mode: z.enum(['standard', 'fast']),
          batch: z.boolean(),
          geo: z.string(),
          input: z.int(),
          output: z.int(),
          cacheRead: z.int(),
          cacheWrite5m: z.int(),
          cacheWrite1h: z.int(),
          webSearches: z.int(),
          promptUpTo: z.int(),
        })
        .partial()
        .required({ model: true }),
    ),
    usd: z.number().nullable(),
    usage: z.enum(['known', 'unknown', 'none']),
    finished: z.boolean(),
    batchId: z.string().optional(),
    error: z.string().optional(),
    streamError: z.string().optional(),
  }),
});

type Vector = z.output<typeof vector>;
type Answer = Vector['answer'];

const families = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({
    file,
    vectors: z.array(vector).parse(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))),
  }));

const textOf = ({ body: content, eventLines }: Answer): string => {
  if ('json' in content) return JSON.stringify(content.json);
  if ('jsonl' in content) return content.jsonl.map((line) => `${JSON.stringify(line)}\n`).join('');
  if ('lines' in content) return content.lines.map((line) => `${line}\n`).join('');
  const nameOf = (event: { readonly type: string }) => (eventLines ? `event: ${event.type}\n` : '');
  return content.events.map((event) => `${nameOf(event)}data: ${JSON.stringify(event)}\n\n`).join('');
};

const CODINGS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => gzipSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
};

/** The body as the wire has it: in the codings of its header, one after the other, then cut. */
const bytesOf = (answer: Answer): Uint8Array => {
  const codings = answer.compressed ? (answer.headers['content-encoding'] ?? '').split(', ') : [];
  const plain: Uint8Array = Buffer.from(textOf(answer));
  const bytes = codings.reduce((before, coding) => CODINGS[coding]?.(before) ?? before, plain);
  return bytes.subarray(0, answer.keepBytes ?? bytes.length - (answer.cutBytes ?? 0));
};

const read = async ({ request, answer, at }: Vector, chunks: readonly Uint8Array[]) => {
  const reader = createUsageReader({
    status: answer.status,
    contentType: answer.headers['content-type'],
    contentEncoding: answer.headers['content-encoding'],
    path: request.path,
  });
  for (const chunk of chunks) reader.write(chunk);
  const report = await reader.end();
  return { report, bill: createBilling()(report, Date.parse(at)) };
};

const pieces = (bytes: Uint8Array, length: number): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );

const meets = async (one: Vector, chunks: readonly Uint8Array[]): Promise<void> => {
  const { entries, usd, error, streamError, ...rest } = one.expect;
  const { report, bill } = await read(one, chunks);
  expect({ ...report, error: report.error?.type ?? null, streamError: report.streamError?.type ?? null }).toStrictEqual(
    {
      ...NO_USAGE,
      ...rest,
      entries: entries.map(({ model, ...counts }) => usageEntry({ model, ...(counts as object) })),
      error: error ?? null,
      streamError: streamError ?? null,
    },
  );
  expect(bill.known).toBe(rest.usage !== 'unknown');
  if (usd === null) expect(bill.usd).toBeNull();
  else expect(bill.usd).toBeCloseTo(usd, 10);
};

describe.each(families)('$file', ({ vectors }) => {
  test.each(vectors)('$name', async (one) => {
    const bytes = bytesOf(one.answer);
    await meets(one, [bytes]);
    await meets(one, pieces(bytes, 1));
    await meets(one, pieces(bytes, 37));
    await fc.assert(
      fc.asyncProperty(cuts, (places) => meets(one, cutAt(bytes, places))),
      { numRuns: 5 },
    );
  });
});

test('there are at least sixty, each with a name of its own', () => {
  const names = families.flatMap(({ file, vectors }) => vectors.map(({ name }) => `${file}: ${name}`));
  expect(names.length).toBeGreaterThanOrEqual(60);
  expect(new Set(names).size).toBe(names.length);
});
