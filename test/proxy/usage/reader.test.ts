import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_USAGE } from '../../../proxy/usage/body.ts';
import { createUsageReader, type ResponseHead } from '../../../proxy/usage/reader.ts';
import type { UsageReport } from '../../../proxy/usage/report.ts';
import { usageEntry } from '../../support/proxy/usage-entry.ts';
import { cutAt, cuts, expectedReport, stream } from './streams.ts';

const EVENTS: ResponseHead = {
  status: 200,
  contentType: 'text/event-stream; charset=utf-8',
  contentEncoding: undefined,
  path: '/v1/messages?beta=true',
};
const JSON_BODY: ResponseHead = { ...EVENTS, contentType: 'application/json' };

const read = async (head: ResponseHead, chunks: readonly (Uint8Array | string)[]): Promise<UsageReport> => {
  const reader = createUsageReader(head);
  for (const chunk of chunks) reader.write(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
  return reader.end();
};

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

const STREAM = [
  event('message_start', {
    type: 'message_start',
    message: {
      model: 'claude-opus-4-8',
      usage: {
        input_tokens: 25,
        cache_creation_input_tokens: 300,
        cache_read_input_tokens: 4_000,
        cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
        output_tokens: 2,
      },
    },
  }),
  event('content_block_delta', { type: 'content_block_delta', delta: { type: 'text_delta', text: 'héllo' } }),
  event('message_delta', { type: 'message_delta', usage: { output_tokens: 90 } }),
  event('message_delta', { type: 'message_delta', usage: { output_tokens: 120, input_tokens: null } }),
  event('message_stop', { type: 'message_stop' }),
].join('');

const STREAM_ENTRY = usageEntry({ input: 25, output: 120, cacheRead: 4_000, cacheWrite5m: 100, cacheWrite1h: 200 });

describe('a stream', () => {
  test('in any writing and any pieces gives the usage that its events mean', async () => {
    const property = fc.asyncProperty(stream, cuts, async ({ events, bytes }, places) => {
      expect(await read(EVENTS, cutAt(bytes, places))).toStrictEqual(expectedReport(events));
    });
    await fc.assert(property, { numRuns: 500 });
  });

  test('gives the same usage byte by byte as in one piece', async () => {
    const property = fc.asyncProperty(stream, async ({ bytes }) => {
      const single = [...bytes].map((byte) => Uint8Array.of(byte));
      expect(await read(EVENTS, single)).toStrictEqual(await read(EVENTS, [bytes]));
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('compressed with %s gives the same usage in any pieces', async (contentEncoding, compress) => {
    const property = fc.asyncProperty(stream, cuts, async ({ events, bytes }, places) => {
      const report = await read({ ...EVENTS, contentEncoding }, cutAt(compress(bytes), places));
      expect(report).toStrictEqual(expectedReport(events));
    });
    await fc.assert(property, { numRuns: 20 });
  });

  test('takes the last value of each field and sums nothing', async () => {
    const report = await read(EVENTS, [STREAM]);
    expect(report).toStrictEqual({ ...NO_USAGE, entries: [STREAM_ENTRY], usage: 'known' });
  });

  test('that is cut after message_start gives what was reported by then, unfinished', async () => {
    const report = await read(EVENTS, [STREAM.slice(0, STREAM.indexOf('event: message_delta'))]);
    expect(report).toMatchObject({ entries: [{ ...STREAM_ENTRY, output: 2 }], finished: false });
  });

  test.each([1, 2])('that is cut %d bytes before its end loses nothing', async (bytes) => {
    expect(await read(EVENTS, [STREAM.slice(0, -bytes)])).toMatchObject({ entries: [STREAM_ENTRY], finished: true });
  });

  test('ends at its error: what follows does not count', async () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    const start = STREAM.slice(0, STREAM.indexOf('event: message_delta'));
    const later = STREAM.slice(start.length);
    const report = await read(EVENTS, [start, event('error', { type: 'error', error }), later]);
    expect(report).toStrictEqual({
      ...NO_USAGE,
      entries: [{ ...STREAM_ENTRY, output: 2 }],
      usage: 'known',
      finished: false,
      streamError: error,
    });
  });

  test('whose input tokens come only with message_delta has them', async () => {
    const usage = { input_tokens: 11, cache_read_input_tokens: 22, output_tokens: 33 };
    const start = event('message_start', { message: { model: 'claude-sonnet-5' } });
    const report = await read(EVENTS, [start, event('message_delta', { usage })]);
    expect(report.entries).toStrictEqual([
      usageEntry({ model: 'claude-sonnet-5', input: 11, cacheRead: 22, output: 33 }),
    ]);
  });

  test.each<[string, (text: string) => string]>([
    ['without event lines', (text) => text.replaceAll(/event: .*\n/g, '')],
    [
      'with some event lines',
      (text) => text.replace(/event: message_start\n/, '').replace(/event: message_stop\n/, ''),
    ],
    ['with empty event lines', (text) => text.replaceAll(/event: .*\n/g, 'event:\n')],
    ['with the default name', (text) => text.replaceAll(/event: .*\n/g, 'event: message\n')],
    [
      'without event lines, with the type last and spaces',
      (text) =>
        text
          .replaceAll(/event: .*\n/g, '')
          .replaceAll(
            /\{"type":"(message_\w+)"(?:,(.*))?\}\n/g,
            (_, type, rest) => `{ ${rest ? `${rest}, ` : ''}"type" : "${type}" }\n`,
          ),
    ],
  ])('%s goes by the type of its data', async (_, written) => {
    expect(written(STREAM)).not.toBe(STREAM);
    expect(await read(EVENTS, [written(STREAM)])).toStrictEqual({
      ...NO_USAGE,
      entries: [STREAM_ENTRY],
      usage: 'known',
    });
  });

  test('without event lines ends at its error', async () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    const report = await read(EVENTS, [`data: ${JSON.stringify({ type: 'error', error })}\n\n`, STREAM]);
    expect(report).toStrictEqual({ ...NO_USAGE, finished: false, streamError: error });
  });

  test('with event lines goes by them, whatever type its data has', async () => {
    const usage = { output_tokens: 7_777 };
    const ping = event('ping', { type: 'message_delta', usage });
    expect((await read(EVENTS, [ping, STREAM])).entries).toStrictEqual([STREAM_ENTRY]);
  });

  test.each([
    ['that is empty', ''],
    ['without usage', event('message_start', { message: { model: 'claude-opus-4-8' } }) + event('message_stop', {})],
    ['of something else', 'data: {"choices":[{"delta":{}}]}\n\ndata: [DONE]\n\n'],
    ['with a count that is none', STREAM.replace('"output_tokens":120', '"output_tokens":-1')],
  ])('%s has an unknown usage', async (_, text) => {
    expect(await read(EVENTS, [text])).toMatchObject({ entries: [], usage: 'unknown' });
  });

  test('with an endless line keeps a bounded part of it and goes on', async () => {
    const endless = Array.from({ length: 100 }, () => 'x'.repeat(10_000));
    const report = await read(EVENTS, ['event: message_start\ndata: ', ...endless, '\n\n', STREAM]);
    expect(report.entries).toStrictEqual([STREAM_ENTRY]);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('that is cut inside a block of %s gives what came before the cut', async (contentEncoding, compress) => {
    const first = compress(STREAM + event('ping', {}));
    const noise = Array.from({ length: 100_000 }, (_, index) => Math.imul(index, 2_654_435_761).toString(36)).join('');
    const whole = contentEncoding === 'gzip' ? first : compress(STREAM + event('ping', { noise }));
    const cut = whole.subarray(0, contentEncoding === 'gzip' ? -9 : Math.floor(whole.length * 0.9));
    expect((await read({ ...EVENTS, contentEncoding }, [cut])).entries).toStrictEqual([STREAM_ENTRY]);
  });
});

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  content: [{ type: 'text', text: 'say "usage": {"input_tokens": 9} \\ {' }],
  model: 'claude-opus-4-8',
  usage: { input_tokens: 7, output_tokens: 8, server_tool_use: { web_search_requests: 2 }, service_tier: 'batch' },
};

describe('a JSON body', () => {
  test('gives its usage in any pieces, whatever its texts look like', async () => {
    const property = fc.asyncProperty(fc.jsonValue(), fc.boolean(), cuts, async (content, pretty, places) => {
      const body = JSON.stringify({ before: content, ...MESSAGE, after: content }, null, pretty ? '\t' : undefined);
      const report = await read(JSON_BODY, cutAt(new TextEncoder().encode(body), places));
      const entries = [usageEntry({ input: 7, output: 8, webSearches: 2, batch: true })];
      expect(report).toStrictEqual({ ...NO_USAGE, entries, usage: 'known' });
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test('full of escapes gives the same byte by byte', async () => {
    const text = '\\"usage":{"input_tokens":9},\\\\"';
    const body = new TextEncoder().encode(JSON.stringify({ text, ...MESSAGE, more: [text, `${text}\\`] }));
    const report = await read(
      JSON_BODY,
      [...body].map((byte) => Uint8Array.of(byte)),
    );
    expect(report).toMatchObject({ entries: [{ input: 7, output: 8 }], finished: true });
  });

  test('without a content type is read all the same', async () => {
    const report = await read({ ...JSON_BODY, contentType: undefined }, [JSON.stringify(MESSAGE)]);
    expect(report.entries).toHaveLength(1);
  });

  test('that is cut off is unfinished', async () => {
    const { finished, entries } = await read(JSON_BODY, [JSON.stringify(MESSAGE).slice(0, -2)]);
    expect({ finished, entries }).toStrictEqual({ finished: false, entries: [] });
  });

  test.each([
    '',
    'null',
    '[1]',
    '"usage"',
    '{"usage": 5}',
    '{"usage"}',
    '{,}',
    'not json',
    '{"usage":{"input_tokens":"x"}',
  ])('that is %j gives no tokens and does no harm', async (body) => {
    const { entries } = await read(JSON_BODY, [body]);
    expect(entries.flatMap(({ input, output }) => [input, output]).every((tokens) => tokens === 0)).toBe(true);
  });

  test('of an error gives its type and message, whatever the path', async () => {
    const error = { type: 'rate_limit_error', message: 'Slow down' };
    const body = JSON.stringify({ type: 'error', error, request_id: 'req_1' });
    const head = { ...JSON_BODY, status: 429, path: '/v1/models', contentEncoding: 'gzip' };
    expect(await read(head, [gzipSync(body)])).toStrictEqual({ ...NO_USAGE, error });
  });

  test.each(['text/plain', 'text/plain; charset=utf-8', 'application/octet-stream', '', undefined])(
    'of an error is read also where its type is not JSON: %s',
    async (contentType) => {
      const error = { type: 'permission_error', message: 'OAuth token has been revoked' };
      const head = { ...JSON_BODY, status: 403, contentType };
      expect(await read(head, [JSON.stringify({ type: 'error', error })])).toMatchObject({ error });
      expect(await read(head, ['403 Forbidden'])).toMatchObject({ error: null, entries: [] });
    },
  );

  test('of an error never bills', async () => {
    expect((await read({ ...JSON_BODY, status: 500 }, [JSON.stringify(MESSAGE)])).entries).toStrictEqual([]);
  });
});

describe('a JSON body of a success', () => {
  test.each([
    ['that is empty', ''],
    ['without usage', '{"type":"message"}'],
    ['whose usage is null', '{"usage":null}'],
    ['whose usage has no count', '{"usage":{"service_tier":"standard"}}'],
    ['that is no JSON', '<html></html>'],
    ['that is cut before its usage', '{"type":"message","content":[{"type":"text'],
  ])('%s has an unknown usage', async (_, body) => {
    expect(await read(JSON_BODY, [body])).toMatchObject({ entries: [], usage: 'unknown' });
    expect(await read({ ...JSON_BODY, contentType: 'text/html' }, [body])).toMatchObject({ usage: 'unknown' });
  });

  test('that is an error bills nothing', async () => {
    const error = { type: 'api_error', message: 'Internal server error' };
    const report = await read(JSON_BODY, [JSON.stringify({ type: 'error', error })]);
    expect(report).toStrictEqual({ ...NO_USAGE, error });
  });

  test('is read after a byte order mark', async () => {
    const report = await read(JSON_BODY, [`\uFEFF${JSON.stringify(MESSAGE)}`]);
    expect(report).toMatchObject({ entries: [{ input: 7, output: 8 }], usage: 'known', finished: true });
  });

  test.each([
    '/v1/messages',
    '/v1/messages/',
    '/v1/messages//',
    '/v1/messages/?beta=true',
    '/v1/messages?a=/v1/models/',
  ])('of %s bills', async (path) => {
    expect((await read({ ...JSON_BODY, path }, [JSON.stringify(MESSAGE)])).entries).toHaveLength(1);
  });
});

describe('compression', () => {
  const body = JSON.stringify(MESSAGE);

  test('of two codings in a row is undone', async () => {
    const report = await read({ ...JSON_BODY, contentEncoding: 'gzip, br' }, [brotliCompressSync(gzipSync(body))]);
    expect(report).toMatchObject({ entries: [{ input: 7 }], usage: 'known', finished: true });
  });

  test.each([
    ['unknown', 'compress', Buffer.from(body)],
    ['broken', 'gzip', Buffer.from('plain text')],
    ['another than the header names', 'gzip, br', gzipSync(body)],
    ['missing', 'gzip', Buffer.of()],
  ])('that is %s leaves the usage unknown', async (_, contentEncoding, bytes) => {
    const unknown = { ...NO_USAGE, usage: 'unknown', finished: false };
    expect(await read({ ...JSON_BODY, contentEncoding }, [bytes])).toStrictEqual(unknown);
    expect(await read({ ...EVENTS, contentEncoding }, [bytes])).toStrictEqual(unknown);
  });

  test('that is unknown leaves an error without its words', async () => {
    const report = await read({ ...JSON_BODY, status: 500, contentEncoding: 'compress' }, ['x']);
    expect(report).toStrictEqual({ ...NO_USAGE, finished: false });
  });
});

test.each([
  '/v1/messages/count_tokens',
  '/v1/messages/batches',
  '/v1/messages/batches/b1',
  '/v1/messages/batches/b1/cancel',
  '/v1/messages/batches/b1/x/results',
  '/v1/models',
  '/v1/messages2',
])('%s bills nothing', async (path) => {
  const body = JSON.stringify({ input_tokens: 5, ...MESSAGE });
  expect(await read({ ...JSON_BODY, path }, [body])).toStrictEqual(NO_USAGE);
});

test('chunks are left as they were', () => {
  const bytes = new TextEncoder().encode(STREAM);
  const reader = createUsageReader(EVENTS);
  reader.write(bytes.subarray(0, 100));
  reader.write(bytes.subarray(100));
  expect(new TextDecoder().decode(bytes)).toBe(STREAM);
});
