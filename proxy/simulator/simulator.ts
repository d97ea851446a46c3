import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PRICES } from '#catalog';
import { tokensIn } from './message.ts';
import { failure, json, type Reply } from './reply.ts';
import type { Scenario } from './scenario.ts';
import { type Asked, parseObject, type Seen, Upstream, type UpstreamOptions } from './upstream.ts';

/** What decides a simulator: with the same options and the same requests, one after the other, it answers the same. */
export interface SimulatorOptions extends Partial<UpstreamOptions> {
  /** What plays from the beginning. @default - no fault, no delay */
  readonly scenarios?: readonly Scenario[];
  /** The port on loopback. @default - a free one */
  readonly port?: number;
}

/** An upstream on loopback that behaves like the Anthropic API. */
export interface Simulator {
  readonly url: string;
  /** Lets scenarios play together from now on, in place of those before. */
  play(...scenarios: readonly Scenario[]): void;
  seen(): Seen;
  stop(): Promise<void>;
}

/** The Messages API takes 32 MB. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Starts a simulator. */
export const startSimulator = async (options: SimulatorOptions = {}): Promise<Simulator> => {
  const { scenarios = [], port = 0, ...given } = options;
  const upstream = new Upstream({ seed: 1, now: Date.now, windowDivisor: 1, paceDivisor: 1, ...given });
  upstream.play(scenarios);
  const server = createServer((request, response) => void serve(upstream, request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    play: (...playing) => upstream.play(playing),
    seen: () => upstream.seen,
    stop: async () => {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const serve = async (upstream: Upstream, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const body = await readBody(request);
    const caller = upstream.admit(request);
    if (isOpen(request)) upstream.reply({ request, response }, json({ status: 'ok' }));
    else if ('status' in caller) upstream.reply({ request, response }, caller);
    else await route(upstream, { request, response, caller, body, signal: gone.signal });
  } catch (error) {
    // A client that goes ends what was done for it; anything else is a defect of the simulator, and must be seen.
    if (!gone.signal.aborted && !request.destroyed) throw error;
  }
};

/** What anybody may ask for. */
const isOpen = ({ url }: IncomingMessage): boolean => ['/', '/api/hello'].includes(url ?? '');

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const BATCHES = '/v1/messages/batches';
const MODELS = '/v1/models';

const route = async (upstream: Upstream, asked: Asked): Promise<void> => {
  const path = (asked.request.url ?? '/').split('?')[0] ?? '/';
  if (path === '/v1/messages' && asked.request.method === 'POST') await upstream.message(asked);
  else upstream.reply(asked, answerOf(upstream, asked, path));
};

const answerOf = (upstream: Upstream, { request, caller, body }: Asked, path: string): Reply => {
  const method = request.method ?? 'GET';
  if (path === '/v1/messages/count_tokens') return json({ input_tokens: tokensIn(body.length) });
  if (path === '/api/oauth/usage') return upstream.usage(caller);
  if (path === MODELS || path.startsWith(`${MODELS}/`)) return models(path.slice(MODELS.length + 1));
  if (path === BATCHES || path.startsWith(`${BATCHES}/`)) {
    const parsed = parseObject(body.toString('utf8')) ?? {};
    return upstream.batches.answer({ method, rest: path.slice(BATCHES.length), body: parsed, now: upstream.now });
  }
  return failure(404, `no such path: ${method} ${path}`);
};

const modelOf = (id: string) => ({ id, type: 'model', display_name: id, created_at: '2026-01-01T00:00:00Z' });

const models = (id: string): Reply => {
  const ids = Object.keys(PRICES);
  if (id === '') return json({ data: ids.map(modelOf), has_more: false, first_id: ids[0], last_id: ids.at(-1) });
  return ids.includes(id) ? json(modelOf(id)) : failure(404, `model: ${id}`);
};
