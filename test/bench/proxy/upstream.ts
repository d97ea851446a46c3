import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The size of the answers, and of the requests that the load sends. */
const BODY_BYTES = 1_024;

/** The time between two events of a stream. */
const EVENT_GAP_MS = 50;

const message = (): string => {
  const shape = {
    id: 'msg_bench',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5-20250929',
    content: [{ type: 'text', text: '' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 812, output_tokens: 120, cache_read_input_tokens: 640, cache_creation_input_tokens: 0 },
  };
  const missing = BODY_BYTES - JSON.stringify(shape).length;
  return JSON.stringify({ ...shape, content: [{ type: 'text', text: 'x'.repeat(missing) }] });
};

const BODY = Buffer.from(message());

const HEADERS = [
  ...['content-type', 'application/json', 'content-length', String(BODY.length), 'request-id', 'req_bench'],
  ...['anthropic-organization-id', '6f1b0f0e-0000-4000-8000-000000000000'],
  ...['anthropic-ratelimit-unified-status', 'allowed', 'anthropic-ratelimit-unified-5h-utilization', '0.25'],
  ...['anthropic-ratelimit-unified-5h-reset', '4102444800', 'anthropic-ratelimit-unified-7d-utilization', '0.5'],
  ...['anthropic-ratelimit-unified-7d-reset', '4102444800'],
];

const event = (name: string, data: object): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;

const START = event('message_start', {
  message: { model: 'claude-sonnet-4-5-20250929', usage: { input_tokens: 812, output_tokens: 1 } },
});

/** Each delta carries the moment at which it was written, so that a client on the same machine sees how long it took. */
const delta = (): string =>
  event('content_block_delta', {
    index: 0,
    delta: { type: 'text_delta', text: `at ${performance.timeOrigin + performance.now()} ` },
  });

const END =
  event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 20 } }) +
  event('message_stop', {});

/** An upstream for benchmarks: it answers `/v1/messages` at once, or with a paced stream where the query asks for one. */
const server = createServer((request, response) => {
  request.resume();
  const events = Number(/stream=(\d+)/.exec(request.url ?? '')?.[1] ?? 0);
  if (events === 0) {
    request.on('end', () => response.writeHead(200, HEADERS).end(BODY));
    return;
  }
  response.writeHead(200, ['content-type', 'text/event-stream', 'request-id', 'req_bench']);
  response.write(START + delta());
  if (events === 1) {
    response.end(END);
    return;
  }
  let sent = 1;
  const timer = setInterval(() => {
    sent += 1;
    if (sent < events) {
      response.write(delta());
      return;
    }
    clearInterval(timer);
    response.end(END);
  }, EVENT_GAP_MS);
});

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
