import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The size of whole answers. */
const BODY_BYTES = 2_048;

/** The time between two events of a paced stream. */
const EVENT_GAP_MS = 50;

/** The pieces of text of a stream that is not paced. */
const PIECES = 8;

const MODEL = 'claude-sonnet-4-5-20250929';

const USAGE = {
  input_tokens: 812,
  cache_creation_input_tokens: 1_204,
  cache_read_input_tokens: 24_640,
  cache_creation: { ephemeral_5m_input_tokens: 1_204, ephemeral_1h_input_tokens: 0 },
  output_tokens: 120,
  service_tier: 'standard',
};

const message = (): string => {
  const shape = { id: 'msg_bench', type: 'message', role: 'assistant', model: MODEL, stop_reason: 'end_turn' };
  const withText = (text: string) => JSON.stringify({ ...shape, content: [{ type: 'text', text }], usage: USAGE });
  return withText('x'.repeat(BODY_BYTES - withText('').length));
};

const BODY = Buffer.from(message());

const UNIFIED = 'anthropic-ratelimit-unified';

/** Windows that outlast the benchmark. */
const windowHeaders = (): readonly string[] => {
  const now = Math.floor(Date.now() / 1_000);
  return [
    ...[`${UNIFIED}-status`, 'allowed', `${UNIFIED}-reset`, String(now + 7_200)],
    ...[`${UNIFIED}-representative-claim`, 'five_hour', `${UNIFIED}-fallback-percentage`, '0.5'],
    ...[`${UNIFIED}-5h-status`, 'allowed', `${UNIFIED}-5h-utilization`, '0.25'],
    ...[`${UNIFIED}-5h-reset`, String(now + 7_200)],
    ...[`${UNIFIED}-7d-status`, 'allowed', `${UNIFIED}-7d-utilization`, '0.5'],
    ...[`${UNIFIED}-7d-reset`, String(now + 300_000)],
    ...[`${UNIFIED}-overage-status`, 'rejected', `${UNIFIED}-overage-disabled-reason`, 'org_level_disabled'],
  ];
};

/** What every answer carries, as the API sends it. */
const HEADERS = [
  ...['request-id', 'req_011CSHoEeqs5C35K2UUqR7Fy'],
  ...['anthropic-organization-id', '6f1b0f0e-0000-4000-8000-000000000000'],
  ...windowHeaders(),
];

const event = (name: string, data: object): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;

const START = event('message_start', { message: { model: MODEL, usage: { ...USAGE, output_tokens: 1 } } });

const delta = (text: string): string => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });

/** Carries the moment at which it was written, so that a client on the same machine sees how long it took. */
const timedDelta = (): string => delta(`at ${performance.timeOrigin + performance.now()} `);

const END =
  event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 120 } }) +
  event('message_stop', {});

const PIECE = delta('the tide comes in and the water rises past every mark on the wall ');

const EVENT_STREAM = ['content-type', 'text/event-stream; charset=utf-8', ...HEADERS];
const WHOLE = ['content-type', 'application/json', 'content-length', String(BODY.length), ...HEADERS];

/** Sends the pieces one write each, as fast as they go. */
const streamAtOnce = (response: ServerResponse): void => {
  response.writeHead(200, EVENT_STREAM);
  response.write(START);
  let left = PIECES;
  const next = (): void => {
    if (left === 0) {
      response.end(END);
      return;
    }
    left -= 1;
    response.write(PIECE);
    setImmediate(next);
  };
  setImmediate(next);
};

const streamPaced = (response: ServerResponse, events: number): void => {
  response.writeHead(200, EVENT_STREAM);
  response.write(START + timedDelta());
  if (events === 1) {
    response.end(END);
    return;
  }
  let sent = 1;
  const timer = setInterval(() => {
    sent += 1;
    if (sent < events) {
      response.write(timedDelta());
      return;
    }
    clearInterval(timer);
    response.end(END);
  }, EVENT_GAP_MS);
};

const STREAMED = Buffer.from('"stream":true');

/** Answers when the body is there: a stream where it ends with the flag, else a whole answer. */
const answerMessage = (request: IncomingMessage, response: ServerResponse): void => {
  let last: Buffer | null = null;
  request.on('data', (chunk: Buffer) => {
    last = chunk;
  });
  request.on('end', () => {
    if (last?.includes(STREAMED, -STREAMED.length - 1)) streamAtOnce(response);
    else response.writeHead(200, WHOLE).end(BODY);
  });
};

/** An upstream for benchmarks: it answers `/v1/messages` at once, or with a paced stream where the query asks for one. */
const server = createServer((request, response) => {
  const events = Number(/stream=(\d+)/.exec(request.url ?? '')?.[1] ?? 0);
  if (events > 0) {
    request.resume();
    streamPaced(response, events);
  } else if (request.url?.startsWith('/v1/messages')) {
    answerMessage(request, response);
  } else {
    // Polls of the usage endpoint end with this.
    request.resume();
    response.writeHead(403, HEADERS).end();
  }
});

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
