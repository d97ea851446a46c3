import { writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { readConfig } from '../../proxy/config.ts';
import { createService } from '../../proxy/service.ts';
import { type Clock, systemClock, systemTimers } from '../../proxy/time.ts';
import { temporaryFolder } from '../peers/temporary-folder.ts';
import { startUpstream } from '../support/proxy/loopback-upstream.ts';

interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_input_tokens?: number;
}

type Headers = Readonly<Record<string, string>>;

const json = (response: ServerResponse, status: number, body: object, headers: Headers = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_011', ...headers });
  response.end(JSON.stringify(body));
};

const message =
  (model: string, usage: Usage, headers: Headers = {}) =>
  (response: ServerResponse) =>
    json(response, 200, { type: 'message', model, content: [], usage }, headers);

const error =
  (status: number, type: string, text: string, headers: Headers = {}) =>
  (response: ServerResponse) =>
    json(response, status, { type: 'error', error: { type, message: text } }, headers);

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
type Exchanges = readonly { readonly answer: (response: ServerResponse) => void; readonly afterMs?: number }[];

const EXCHANGES: Exchanges = [
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

const written = async (exchanges: Exchanges, settings: Headers): Promise<readonly string[]> => {
  const { clock, advance } = slowClock();
  const waiting = [...exchanges];
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
    ...settings,
  });
  const destination = { write: (line: string) => void lines.push(...line.trimEnd().split('\n')) };
  const service = createService({ config, version: '1.2.3', clock, timers: systemTimers, destination });
  try {
    const { port } = await service.start();
    for (const _ of exchanges) await ask(`http://127.0.0.1:${port}`);
  } finally {
    await service.stop('SIGINT');
    await upstream.close();
  }
  return lines;
};

/** The lines that a real proxy writes from its start to its end, with six requests in between. */
export const proxyLines = (): Promise<readonly string[]> => written(EXCHANGES, {});

const LIMITS = 'anthropic-ratelimit-unified';

const until = (hours: number): Headers => ({
  [`${LIMITS}-5h-utilization`]: '0.4',
  [`${LIMITS}-5h-reset`]: String(Math.floor(Date.now() / 1_000) + hours * 3_600),
});

const USAGE: Usage = { input_tokens: 1, output_tokens: 2 };

/** The lines of a proxy with a pool of one credential whose window starts over and which then meets its limit. */
export const poolLines = async (): Promise<readonly string[]> => {
  const folder = await temporaryFolder('pool');
  try {
    await writeFile(join(folder.path, 'team-a'), 'sk-ant-oat01-test');
    const exhausted = { [`${LIMITS}-status`]: 'rejected', [`${LIMITS}-5h-status`]: 'rejected', 'retry-after': '60' };
    return await written(
      [
        { answer: message('claude-opus-4-8', USAGE, until(1)) },
        { answer: message('claude-opus-4-8', USAGE, until(6)) },
        { answer: error(429, 'rate_limit_error', 'the window is used up', exhausted) },
      ],
      { TIDEWATCH_CREDENTIALS_MODE: 'pool', TIDEWATCH_CREDENTIALS_DIR: folder.path },
    );
  } finally {
    await folder.remove();
  }
};
