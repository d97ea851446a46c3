import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createDecoder, DECODE_LIMITS, type DecodeLimits, isPlain } from '../../../proxy/usage/decode.ts';

const MEGABYTE = 1 << 20;

const decoded = async (chunks: readonly Uint8Array[], limits: Partial<DecodeLimits>) => {
  let taken = 0;
  const take = (bytes: Uint8Array) => {
    taken += bytes.length;
  };
  const decoder = createDecoder('gzip', take, { ...DECODE_LIMITS, ...limits });
  for (const chunk of chunks) decoder?.write(chunk);
  await decoder?.end();
  return taken;
};

const BOMB = gzipSync(new Uint8Array(20 * MEGABYTE));

test('a bomb is decoded up to the limit and no further', async () => {
  const taken = await decoded([BOMB], { outputBytes: MEGABYTE });
  expect(taken).toBeGreaterThan(MEGABYTE / 2);
  expect(taken).toBeLessThanOrEqual(MEGABYTE);
});

test('within the limits all of it is decoded', async () => {
  expect(await decoded([BOMB], {})).toBe(20 * MEGABYTE);
});

test('what arrives faster than it can be decoded is given up instead of piling up', async () => {
  const chunks = Array.from({ length: 50 }, () => BOMB);
  expect(await decoded(chunks, { backlogBytes: BOMB.length })).toBe(0);
});

test('the end waits for a bounded time', async () => {
  const before = performance.now();
  const taken = await decoded(
    Array.from({ length: 400 }, () => BOMB),
    { endMs: 20, outputBytes: Number.POSITIVE_INFINITY, backlogBytes: Number.POSITIVE_INFINITY },
  );
  expect(taken).toBeLessThan(8_000 * MEGABYTE);
  expect(performance.now() - before).toBeLessThan(1_000);
});

test('an empty body ends at once', async () => {
  expect(await decoded([], {})).toBe(0);
});

test.each([
  [undefined, true],
  ['', true],
  [' Identity ', true],
  ['gzip', false],
  [' identity,, IDENTITY ', true],
  ['identity, gzip', false],
  ['x', false],
])('the coding %j leaves bytes as they are: %s', (coding, plain) => {
  expect(isPlain(coding)).toBe(plain);
});

test.each(['compress', 'gzip, compress', 'gzip, gzip, gzip, gzip', 'toString'])(
  'the coding %j is not known',
  (coding) => {
    expect(createDecoder(coding, () => undefined)).toBeUndefined();
  },
);

const read = async (coding: string, chunks: readonly Uint8Array[]) => {
  const taken: Uint8Array[] = [];
  const decoder = createDecoder(coding, (bytes) => taken.push(bytes));
  for (const chunk of chunks) decoder?.write(chunk);
  const complete = await decoder?.end();
  return { text: Buffer.concat(taken).toString(), complete };
};

const bytesOf = (bytes: Uint8Array) => [...bytes].map((byte) => Uint8Array.of(byte));

test.each([
  ['gzip, br', brotliCompressSync(gzipSync('text'))],
  ['br, gzip', gzipSync(brotliCompressSync('text'))],
  ['deflate, identity,zstd', zstdCompressSync(deflateSync('text'))],
  ['gzip, gzip, x-gzip', gzipSync(gzipSync(gzipSync('text')))],
])('codings in a row, %s, are undone from the last to the first', async (coding, bytes) => {
  expect(await read(coding, [bytes])).toStrictEqual({ text: 'text', complete: true });
  expect(await read(coding, bytesOf(bytes))).toStrictEqual({ text: 'text', complete: true });
});

test.each([
  ['gzip', gzipSync('text').subarray(0, -9)],
  ['gzip', Buffer.from('no gzip')],
  ['gzip, br', brotliCompressSync(gzipSync('text').subarray(0, -9))],
  ['gzip, br', gzipSync('text')],
  ['br', Buffer.of()],
])('%s that is cut or broken does not come to its end', async (coding, bytes) => {
  expect(await read(coding, [bytes])).toMatchObject({ complete: false });
});
