import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal } from '../http/errors.ts';
import type { RequestContext } from './context.ts';
import { endpointOf } from './endpoint.ts';
import { Exchange } from './exchange.ts';

/** Forwards requests, or refuses them; each gets its one record. */
export interface Forwarder {
  /** Forwards a request to the upstream; `target` is its path and query. */
  forward(request: IncomingMessage, response: ServerResponse, target: string): void;
  /** Answers a request in the proxy's own name. */
  refuse(request: IncomingMessage, response: ServerResponse, refusal: RefusalAnswer): void;
}

/** Why a request is not forwarded. */
export interface RefusalAnswer {
  readonly reason: Refusal;
  readonly message: string;
  readonly path: string;
}

/** The part of a request's target before its query. */
export const pathOf = (target: string): string => {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
};

/** Makes the forwarder of a proxy. */
export const createForwarder = (context: RequestContext): Forwarder => ({
  forward(request, response, target) {
    const path = pathOf(target);
    const options = { request, response, target: context.basePath + target, path, endpoint: endpointOf(path) };
    new Exchange(context, options).begin();
  },
  refuse(request, response, { reason, message, path }) {
    new Exchange(context, { request, response, target: path, path, endpoint: 'other' }).refuse(reason, message);
  },
});
