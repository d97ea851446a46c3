import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RecordingProxy, startRecordingProxy } from '../support/proxy/forwarding-fakes.ts';
import { type LoopbackUpstream, startUpstream } from '../support/proxy/loopback-upstream.ts';
import { endToEnd, type RawAnswer, RawClient } from '../support/proxy/raw-client.ts';

/** What the upstream saw of a request. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

interface Exchange {
  readonly name: string;
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly string[];
  /** Sent in these pieces, with a pause between. */
  readonly body?: readonly (string | Buffer)[];
  readonly answer: (response: ServerResponse, request: IncomingMessage) => void | Promise<void>;
}

const DATE = 'Sat, 01 Aug 2026 10:00:00 GMT';
const JSON_HEADERS = ['Content-Type', 'application/json', 'Date', DATE, 'request-id', 'req_011'];
const EVENTS = [
  'event: message_start\ndata: {"type":"message_start","message":{"model":"claude-opus-4-5","usage":{"input_tokens":9,"output_tokens":1}}}\n\n',
  ': a comment\n\n',
  'event: ping\r\ndata: {"type":"ping"}\r\n\r\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"type":"text_delta","text":"Grüße 🌊"}}\n\n',
  'event: something_new\ndata: {}\n\n',
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":7}}\n\n',
  'event: message_stop\ndata: {"type":"message_stop"}\n\n',
];

const json =
  (status: number, body: string, headers: readonly string[] = []) =>
  (response: ServerResponse) => {
    response.writeHead(status, [...JSON_HEADERS, ...headers]);
    response.end(body);
  };

const error = (type: string) =>
  `{"type":"error","error":{"type":"${type}","message":"as the API says it"},"request_id":"req_011"}`;

const POST = ['content-type: application/json', 'x-api-key: sk-ant-api03-key', 'anthropic-version: 2023-06-01'];

const EXCHANGES: readonly Exchange[] = [
  { name: 'a message', body: ['{"model":"claude-opus-4-5"}'], answer: json(200, '{"type":"message"}') },
  {
    name: 'a message with betas, odd spelling and repeated headers',
    target: '/v1/messages?beta=true&x=%20y',
    headers: [
      ...POST,
      'Anthropic-Beta: one,two',
      'anthropic-beta: three',
      'X-ODD-Case: 1',
      'x-app: cli',
      'X-App: again',
    ],
    body: ['{}'],
    answer: json(200, '{}', ['X-Twice', 'a=1', 'X-Twice', 'b=2', 'X-Odd-CASE', 'yes']),
  },
  {
    name: 'a stream of events that come one by one',
    body: ['{"stream": true}'],
    answer: async (response) => {
      response.writeHead(200, ['Content-Type', 'text/event-stream; charset=utf-8', 'Date', DATE]);
      for (const event of EVENTS) {
        response.write(event);
        await delay(3);
      }
      response.end();
    },
  },
  {
    name: 'a stream of events cut in the middle of characters',
    body: ['{"stream": true}'],
    answer: async (response) => {
      response.writeHead(200, ['Content-Type', 'text/event-stream', 'Date', DATE]);
      const bytes = Buffer.from(EVENTS.join(''));
      for (let at = 0; at < bytes.length; at += 7) {
        response.write(bytes.subarray(at, at + 7));
        if (at % 70 === 0) await delay(1);
      }
      response.end();
    },
  },
  {
    name: 'a request body in chunks',
    headers: [...POST, 'transfer-encoding: chunked'],
    body: ['5\r\n{"a":\r\n', '3\r\n"b"\r\n', '1\r\n}\r\n0\r\n\r\n'],
    answer: json(200, '{}'),
  },
  {
    name: 'a request body that comes in pieces',
    headers: [...POST, 'content-length: 12'],
    body: ['{"a"', ':"bc', 'de"}'],
    answer: json(200, '{}'),
  },
  { name: 'a large request', body: [Buffer.alloc(1_500_000, 'abc')], answer: json(200, '{}') },
  { name: 'a large answer', body: ['{}'], answer: json(200, 'xyz'.repeat(1_000_000)) },
  {
    name: 'an empty request body',
    headers: [...POST, 'content-length: 0'],
    answer: json(400, error('invalid_request_error')),
  },
  {
    name: 'an answer compressed with gzip',
    body: ['{}'],
    answer: (response) => {
      response.writeHead(200, [...JSON_HEADERS, 'Content-Encoding', 'gzip']);
      response.end(gzipSync('{"type":"message"}'));
    },
  },
  {
    name: 'an answer compressed with brotli',
    body: ['{}'],
    answer: (response) => {
      response.writeHead(200, [...JSON_HEADERS, 'Content-Encoding', 'br']);
      response.end(brotliCompressSync('{"type":"message"}'));
    },
  },
  {
    name: 'an answer that says it is compressed and is not',
    body: ['{}'],
    answer: json(200, '{"type":"message"}', ['Content-Encoding', 'gzip']),
  },
  ...[400, 401, 403, 404, 413, 500, 529].map((status) => ({
    name: `an error ${status}`,
    body: ['{}'],
    answer: json(status, error('some_error'), ['x-should-retry', 'true']),
  })),
  {
    name: 'a rate limit with all its headers',
    body: ['{}'],
    answer: json(429, error('rate_limit_error'), [
      ...[
        'retry-after',
        '17',
        'anthropic-ratelimit-unified-status',
        'rejected',
        'anthropic-ratelimit-unified-reset',
        '1800000000',
      ],
      ...['anthropic-ratelimit-unified-5h-utilization', '1.02', 'anthropic-ratelimit-tokens-remaining', '0'],
    ]),
  },
  { name: 'a list of models', method: 'GET', target: '/v1/models?limit=1000', answer: json(200, '{"data":[]}') },
  {
    name: 'HEAD with the length of what GET would answer',
    method: 'HEAD',
    target: '/v1/models',
    answer: json(200, '', ['Content-Length', '4711']),
  },
  { name: 'HEAD without a length', method: 'HEAD', target: '/v1/models', answer: json(200, '') },
  { name: 'DELETE', method: 'DELETE', target: '/v1/messages/batches/b1', answer: json(200, '{}') },
  {
    name: 'an answer without content',
    method: 'DELETE',
    target: '/v1/files/f1',
    answer: (response) => void response.writeHead(204, ['Date', DATE, 'request-id', 'req_011']).end(),
  },
  {
    name: 'an answer that is not modified',
    method: 'GET',
    target: '/v1/files/f1',
    headers: ['if-none-match: "x"'],
    answer: (response) => void response.writeHead(304, ['Date', DATE, 'ETag', '"x"']).end(),
  },
  {
    name: 'a reason of its own',
    body: ['{}'],
    answer: (response) => void response.writeHead(200, 'Quite Alright', JSON_HEADERS).end('{}'),
  },
  {
    name: 'header bytes beyond ASCII',
    body: ['{}'],
    headers: [...POST, 'x-name: J\xfcrgen'],
    answer: json(200, '{}', ['X-Place', 'K\xf6ln']),
  },
  {
    name: 'trailers',
    body: ['{}'],
    answer: (response) => {
      response.writeHead(200, ['Content-Type', 'application/jsonl', 'Date', DATE, 'Trailer', 'X-Checksum']);
      response.write('{"a":1}\n');
      response.addTrailers([['X-Checksum', 'abc']]);
      response.end();
    },
  },
  {
    name: 'an answer that ends with its connection',
    body: ['{}'],
    answer: (response) => {
      response.removeHeader('transfer-encoding');
      response.shouldKeepAlive = false;
      response.useChunkedEncodingByDefault = false;
      response.writeHead(200, ['Content-Type', 'text/plain', 'Date', DATE, 'Connection', 'close']);
      response.write('until ');
      setTimeout(() => response.end('the end'), 5);
    },
  },
];

let upstream: LoopbackUpstream;
let proxy: RecordingProxy;
let seen: Seen[] = [];

const listen =
  (answer: Exchange['answer']): RequestListener =>
  async (request, response) => {
    response.sendDate = false;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { rawHeaders } = request;
    const headers = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ''] as const] : []));
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: endToEnd(headers).filter(
        ([name]) => name.toLowerCase() !== 'host' && name.toLowerCase() !== 'content-length',
      ),
      body: Buffer.concat(chunks).toString('latin1'),
    });
    await answer(response, request);
  };

const lengthOf = (body: readonly (string | Buffer)[]): number => body.reduce((sum, part) => sum + part.length, 0);

const run = async (port: number, { method = 'POST', target = '/v1/messages', headers, body = [] }: Exchange) => {
  const given = headers ?? (method === 'POST' ? POST : []);
  const framed = given.some((line) => /^(content-length|transfer-encoding):/i.test(line)) || body.length === 0;
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: proxy.example', ...given];
  if (!framed) lines.push(`content-length: ${lengthOf(body)}`);
  const client = new RawClient(port);
  client.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
  for (const part of body) {
    if (body.length > 1) await delay(5);
    client.write(part);
  }
  const answer = await client.answer(method);
  client.socket.destroy();
  return answer;
};

const comparable = (answer: RawAnswer) => ({
  ...answer,
  headers: endToEnd(answer.headers),
  body: answer.body.toString('latin1'),
});

beforeAll(async () => {
  upstream = await startUpstream(() => undefined);
  proxy = await startRecordingProxy({ upstreamUrl: upstream.url });
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

describe('an exchange through the proxy is the exchange without it', () => {
  test.each(EXCHANGES)('$name', async (exchange) => {
    upstream.answer(listen(exchange.answer));
    seen = [];
    const direct = await run(upstream.port, exchange);
    const proxied = await run(proxy.port, exchange);
    expect(comparable(proxied)).toStrictEqual(comparable(direct));
    expect(seen).toHaveLength(2);
    expect(seen[1]).toStrictEqual(seen[0]);
  });
});

describe('the connection', () => {
  test('is kept for the next request', async () => {
    upstream.answer(listen(json(200, '{"n":1}')));
    const client = new RawClient(proxy.port);
    for (let n = 0; n < 3; n += 1) {
      client.write('POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: 2\r\n\r\n{}');
      expect((await client.answer()).body.toString()).toBe('{"n":1}');
    }
    client.socket.destroy();
  });

  test('to the upstream is kept for the next request of another client', async () => {
    const sockets = new Set<unknown>();
    upstream.answer(
      listen((response, request) => {
        sockets.add(request.socket);
        json(200, '{}')(response);
      }),
    );
    for (let n = 0; n < 3; n += 1) await run(proxy.port, { name: '', body: ['{}'], answer: () => undefined });
    expect(sockets.size).toBe(1);
  });

  test('of a client that speaks HTTP/1.0 ends with the answer', async () => {
    upstream.answer(listen(json(200, '{"old":1}')));
    const client = new RawClient(proxy.port);
    client.write('POST /v1/messages HTTP/1.0\r\ncontent-length: 2\r\n\r\n{}');
    expect((await client.answer()).body.toString()).toBe('{"old":1}');
    await client.closed;
  });

  test('carries pipelined requests in their order', async () => {
    upstream.answer(listen((response, request) => json(200, `"${request.url}"`)(response)));
    const client = new RawClient(proxy.port);
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: p\r\n\r\n`;
    client.write(get('/v1/a') + get('/v1/b'));
    expect([(await client.answer()).body.toString(), (await client.answer()).body.toString()]).toStrictEqual([
      '"/v1/a"',
      '"/v1/b"',
    ]);
    client.socket.destroy();
  });

  test('lets a client that expects 100-continue send its body only when told', async () => {
    upstream.answer(listen(json(200, '{"ok":1}')));
    const client = new RawClient(proxy.port);
    client.write('POST /v1/messages HTTP/1.1\r\nHost: p\r\nExpect: 100-continue\r\ncontent-length: 4\r\n\r\n');
    await client.sees('100 Continue');
    client.write('{  }');
    expect(await client.answer()).toMatchObject({ status: 200, informed: [100] });
    client.socket.destroy();
  });

  test('sends the head before the first piece of the body', async () => {
    upstream.answer(async (_request, response) => {
      response.writeHead(200, ['Content-Type', 'text/event-stream']);
      response.flushHeaders();
      await once(response, 'close');
    });
    const client = new RawClient(proxy.port);
    client.write('POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: 2\r\n\r\n{}');
    await client.sees('text/event-stream');
    client.socket.destroy();
  });

  test('does not pass on headers that are its own affair', async () => {
    upstream.answer(
      listen((response) => {
        response.writeHead(200, [
          ...JSON_HEADERS,
          'Connection',
          'keep-alive, X-Private',
          'X-Private',
          '1',
          'Keep-Alive',
          'timeout=9',
        ]);
        response.end('{}');
      }),
    );
    seen = [];
    const answer = await run(proxy.port, {
      name: '',
      headers: [
        'Connection: keep-alive, X-Mine',
        'X-Mine: 1',
        'TE: trailers',
        'Upgrade: websocket',
        'Proxy-Authorization: Basic x',
      ],
      body: ['{}'],
      answer: () => undefined,
    });
    expect(answer.headers.map(([name]) => name)).not.toContain('X-Private');
    expect(answer.headers.find(([name]) => name.toLowerCase() === 'keep-alive')?.[1]).not.toBe('timeout=9');
    expect(seen[0]?.headers).toStrictEqual([]);
  });
});
