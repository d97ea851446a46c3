import { gzipSync } from 'node:zlib';
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
  ['x', false],
])('the coding %j leaves bytes as they are: %s', (coding, plain) => {
  expect(isPlain(coding)).toBe(plain);
});

test.each(['compress', 'gzip, br', 'toString'])('the coding %j is not known', (coding) => {
  expect(createDecoder(coding, () => undefined)).toBeUndefined();
});
