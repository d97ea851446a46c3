import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** A whole answer. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body: string;
}

/** An answer in JSON. */
export const json = (value: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status: 200,
  headers,
  body: JSON.stringify(value),
});

/** Error types by status. @see https://platform.claude.com/docs/en/api/errors */
const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** An error in Anthropic's shape; its request id is that of the header. */
export const failure = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers,
  body: JSON.stringify({
    type: 'error',
    error: { type: TYPES[status] ?? 'api_error', message },
    ...(headers['request-id'] === undefined ? {} : { request_id: headers['request-id'] }),
  }),
});

/** Sends a whole answer, compressed if asked. */
export const send = (response: ServerResponse, reply: Reply, compressed: boolean): void => {
  const body = compressed ? gzipSync(reply.body) : Buffer.from(reply.body);
  response.writeHead(reply.status, {
    'content-type': reply.contentType ?? 'application/json',
    'content-length': String(body.length),
    ...(compressed ? { 'content-encoding': 'gzip' } : {}),
    ...reply.headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
};
