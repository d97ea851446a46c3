import type { ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../../proxy/clock.ts';
import { readConfig } from '../../proxy/config.ts';
import { createService } from '../../proxy/service.ts';
import { systemTimers } from '../../proxy/timers.ts';
import { startUpstream } from '../support/proxy/loopback-upstream.ts';

interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_input_tokens?: number;
}

const json = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_011' });
  response.end(JSON.stringify(body));
};

const message = (model: string, usage: Usage) => (response: ServerResponse) =>
  json(response, 200, { type: 'message', model, content: [], usage });

const error = (status: number, type: string, text: string) => (response: ServerResponse) =>
  json(response, status, { type: 'error', error: { type, message: text } });

const stream =
  (model: string, { input_tokens, output_tokens }: Usage) =>
  (response: ServerResponse) => {
    const events = [
      { type: 'message_start', message: { model, usage: { input_tokens, output_tokens: 1 } } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens } },
      { type: 'message_stop' },
    ];
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.end();
  };

/** What the upstream answers to each request in turn, and how long that takes by the proxy's clock. */
const EXCHANGES: readonly { answer: (response: ServerResponse) => void; afterMs?: number }[] = [
  { answer: message('claude-opus-4-8', { input_tokens: 25, output_tokens: 120, cache_read_input_tokens: 4_000 }) },
  { answer: stream('claude-sonnet-4-6', { input_tokens: 300, output_tokens: 1_500 }) },
  { answer: message('claude-opus-4-8', { input_tokens: 12_000, output_tokens: 900 }) },
  { answer: message('claude-haiku-4-5', { input_tokens: 10, output_tokens: 20 }), afterMs: 6_000 },
  { answer: error(429, 'rate_limit_error', 'This request would exceed the rate limit') },
  { answer: error(529, 'overloaded_error', 'Overloaded') },
];

const slowClock = (): { clock: Clock; advance(ms: number): void } => {
  let ahead = 0;
  return {
    clock: { now: () => systemClock.now() + ahead, monotonic: () => systemClock.monotonic() + ahead },
    advance: (ms) => {
      ahead += ms;
    },
  };
};

const PROMPT = 'a prompt that no line may hold';

const ask = async (url: string): Promise<void> => {
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'sk-ant-api03-test' },
    body: JSON.stringify({ model: 'claude', messages: [{ role: 'user', content: PROMPT }] }),
  });
  await response.text();
};

/** The lines that a real proxy writes from its start to its end, with six requests in between. */
export const proxyLines = async (): Promise<readonly string[]> => {
  const { clock, advance } = slowClock();
  const waiting = [...EXCHANGES];
  const upstream = await startUpstream((_, response) => {
    const { answer, afterMs = 0 } = waiting.shift() ?? { answer: error(404, 'not_found_error', 'no more') };
    advance(afterMs);
    answer(response);
  });
  const lines: string[] = [];
  const config = readConfig({
    TIDEWATCH_UPSTREAM_URL: upstream.url,
    TIDEWATCH_HOST: '127.0.0.1',
    TIDEWATCH_PORT: '0',
    TIDEWATCH_METRICS_PORT: '0',
  });
  const destination = { write: (line: string) => void lines.push(...line.trimEnd().split('\n')) };
  const service = createService({ config, version: '1.2.3', clock, timers: systemTimers, destination });
  try {
    const { port } = await service.start();
    for (const _ of EXCHANGES) await ask(`http://127.0.0.1:${port}`);
  } finally {
    await service.stop('SIGINT');
    await upstream.close();
  }
  return lines;
};
