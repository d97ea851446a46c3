import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a fake source got. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** What a fake source answers; `'never'` leaves the request open. */
export type Answer = { readonly status?: number; readonly body: string } | 'never';

/** An HTTP server on loopback that stands in for a Prometheus or a Loki. */
export interface FakeSource {
  readonly url: string;
  readonly received: readonly Received[];
  stop(): Promise<void>;
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
};

const reply = (response: ServerResponse, answer: Answer): void => {
  if (answer === 'never') return;
  response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
  response.end(answer.body);
};

/** Starts a fake source that answers each request as a function says. */
export const startFake = async (answer: (request: Received) => Answer): Promise<FakeSource> => {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const body = await textOf(request);
    const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    const parameters = new URLSearchParams(form ? body : url.search);
    const { authorization } = request.headers;
    const one = { method: request.method ?? '', path: url.pathname, parameters, authorization, body };
    received.push(one);
    reply(response, answer(one));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

/** An answer of the API with data. */
export const success = (data: unknown): Answer => ({ body: JSON.stringify({ status: 'success', data }) });

/** A vector, matrix or list without anything in it, whatever was asked. */
export const emptyAnswer = ({ path }: Received): Answer => {
  if (path.endsWith('/values') || path.endsWith('/labels')) return success([]);
  return success({ resultType: path.endsWith('query_range') ? 'matrix' : 'vector', result: [] });
};
