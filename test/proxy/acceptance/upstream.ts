import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../proxy/time.ts';
import { type LoopbackUpstream, startUpstream } from '../../support/proxy/loopback-upstream.ts';
import { HOUR } from './time.ts';

/** A request as the upstream sees it. */
export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The name in the secret that came: `a` for `sk-ant-api03-a`; '' without one. */
  readonly credential: string;
  /** The model of the body; '' without one. */
  readonly model: string;
  /** Whether it is the proxy's question whether a credential is accepted, and no client's request. */
  readonly isProbe: boolean;
  /** Unix milliseconds by the clock of the test. */
  readonly at: number;
}

/** A whole answer. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Pieces are written one by one. */
  readonly body: string | Buffer | readonly string[];
}

/** Answers by hand, where a whole answer will not do. */
export type ByHand = (response: ServerResponse, request: IncomingMessage) => void;

/** What the upstream answers. */
export type Script = (asked: Asked) => Reply | ByHand;

/** An upstream that answers by a script, and remembers what it was asked. */
export interface ScriptedUpstream {
  readonly url: string;
  /** Everything asked, in order. */
  readonly asked: readonly Asked[];
  /** The messages that clients asked for: no probe, no poll. */
  messages(): readonly Asked[];
  answer(script: Script): void;
  /** The clock that the `date` of its answers is read from. */
  readonly clock: Clock;
  close(): Promise<void>;
}

const secretOf = ({ authorization, 'x-api-key': key }: IncomingHttpHeaders): string =>
  String(key ?? authorization?.replace(/^Bearer /i, '') ?? '');

const modelOf = (body: string): string => /"model":"([^"]*)"/.exec(body)?.[1] ?? '';

const readAll = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const askedOf = (request: IncomingMessage, body: string, at: number): Asked => {
  const { method = '', url = '', headers } = request;
  const path = url.split('?')[0] ?? '';
  const isProbe = method === 'POST' && path === '/v1/messages' && body === '{}';
  const credential = secretOf(headers).replace(/^sk-ant-[a-z]+\d*-/, '');
  return { method, path, url, headers, body, credential, model: modelOf(body), isProbe, at };
};

/** Starts an upstream whose answers carry the date of a clock. */
export const startScriptedUpstream = async (clock: Clock): Promise<ScriptedUpstream> => {
  const asked: Asked[] = [];
  let script: Script = healthy;
  const upstream: LoopbackUpstream = await startUpstream((request, response) => {
    readAll(request).then(
      (body) => {
        const one = askedOf(request, body, clock.now());
        asked.push(one);
        send(script(one), request, response, clock);
      },
      () => response.destroy(),
    );
  });
  return {
    url: upstream.url,
    asked,
    messages: () => asked.filter(({ path, isProbe }) => path === '/v1/messages' && !isProbe),
    answer(next) {
      script = next;
    },
    clock,
    close: () => upstream.close(),
  };
};

let requests = 0;

const send = (reply: Reply | ByHand, request: IncomingMessage, response: ServerResponse, clock: Clock): void => {
  response.sendDate = false;
  if (typeof reply === 'function') {
    reply(response, request);
    return;
  }
  const { status, headers, body } = reply;
  requests += 1;
  response.writeHead(status, {
    'content-type': 'application/json',
    date: new Date(clock.now()).toUTCString(),
    'request-id': `req_${requests}`,
    'anthropic-organization-id': ORGANIZATION,
    ...headers,
  });
  endWith(response, body);
};

/** Ends an answer with a body; pieces are written one by one. */
export const endWith = (response: ServerResponse, body: Reply['body']): void => {
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    response.end(body);
    return;
  }
  for (const piece of body) response.write(piece);
  response.end();
};

export const ORGANIZATION = '6f1b0f0e-0000-4000-8000-000000000000';

/** An error in the shape of the API. @see https://platform.claude.com/docs/en/api/errors */
export const failure = (
  status: number,
  type: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({ status, headers, body: JSON.stringify({ type: 'error', error: { type, message } }) });

/** The answer to a secret that is not accepted. */
export const unauthorized = (message = 'Invalid authentication credentials'): Reply =>
  failure(401, 'authentication_error', message);

/** The answer to a probe of an accepted secret, whose body lacks everything. */
export const invalid = (): Reply => failure(400, 'invalid_request_error', 'model: Field required');

export const overloaded = (): Reply => failure(529, 'overloaded_error', 'Overloaded');

/** Counts as the API reports them. */
export interface Usage {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly [field: string]: unknown;
}

export const USAGE = { input_tokens: 1_000, output_tokens: 100 } as const;

export const MODEL = 'claude-sonnet-5-5';

/** A message, with fields that replace its own. */
export const message = (
  fields: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Reply => ({
  status: 200,
  headers,
  body: JSON.stringify({
    ...{ id: 'msg_1', type: 'message', role: 'assistant', model: MODEL },
    ...{ content: [{ type: 'text', text: 'high tide' }], stop_reason: 'end_turn', usage: USAGE },
    ...fields,
  }),
});

/** An event of a stream. */
export const event = (type: string, data: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

/** The events of a message. */
export const events = (
  usage: Usage = USAGE,
  { model = MODEL, text = 'high tide' }: { readonly model?: string; readonly text?: string } = {},
): readonly string[] => [
  event('message_start', { message: { model, content: [], usage: { ...usage, output_tokens: 1 } } }),
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  event('content_block_stop', { index: 0 }),
  event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: usage.output_tokens } }),
  event('message_stop'),
];

/** A stream of pieces. */
export const stream = (
  pieces: readonly string[] = events(),
  headers: Readonly<Record<string, string>> = {},
): Reply => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream; charset=utf-8', ...headers },
  body: pieces,
});

/** A window as the headers of an answer report it. */
export interface HeaderWindow {
  /** Percent. */
  readonly used: number;
  /** Unix milliseconds. */
  readonly resetsAt: number;
  /** @default - `rejected` from 100 percent on, else `allowed` */
  readonly status?: string;
}

const UNIFIED = 'anthropic-ratelimit-unified';

const PERCENT = 100;

/** The unified headers of a subscription; the status is that of the fullest window unless given. */
export const unified = (
  windows: Readonly<Record<string, HeaderWindow>>,
  fields: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => {
  const own = Object.entries(windows).flatMap(([name, { used, resetsAt, status }]) => [
    [`${UNIFIED}-${name}-utilization`, String(used / PERCENT)],
    [`${UNIFIED}-${name}-reset`, String(Math.floor(resetsAt / 1_000))],
    [`${UNIFIED}-${name}-status`, status ?? (used >= PERCENT ? 'rejected' : 'allowed')],
  ]);
  const isFull = Object.values(windows).some(({ used, status }) => (status ?? '') === 'rejected' || used >= PERCENT);
  const named = Object.entries(fields).map(([name, value]) => [`${UNIFIED}-${name}`, value]);
  return Object.fromEntries([[`${UNIFIED}-status`, isFull ? 'rejected' : 'allowed'], ...own, ...named]);
};

/** The usual windows at some utilization in percent. */
export const windowsAt = (now: number, used: number, week: number = used): Readonly<Record<string, string>> =>
  unified({
    '5h': { used, resetsAt: now + 2 * HOUR },
    '7d': { used: week, resetsAt: now + 48 * HOUR },
  });

/** Answers each request without fault: probes, polls, token counts, models, and messages streamed where asked. */
export const healthy: Script = ({ path, isProbe, body }) => {
  if (isProbe) return invalid();
  if (path === '/api/oauth/usage')
    return failure(403, 'permission_error', 'OAuth token does not meet scope requirement');
  if (path === '/v1/messages/count_tokens') return { status: 200, body: '{"input_tokens":12}' };
  if (path.startsWith('/v1/models')) return { status: 200, body: '{"data":[],"has_more":false}' };
  if (path !== '/v1/messages') return failure(404, 'not_found_error', 'Not found');
  return body.includes('"stream":true') ? stream() : message();
};
