import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from './config.ts';
import { Exchange } from './forward/exchange.ts';
import type { Forwarding } from './forward/forwarding.ts';
import { PooledRelay } from './forward/pooled-relay.ts';
import { Relay } from './forward/relay.ts';

/** Forwards requests and ends what is under way. */
export interface Forwarder {
  /** Forwards a request to the upstream; `target` is its path and query. */
  forward(request: IncomingMessage, response: ServerResponse, target: string): void;
  /** Answers a request in the proxy's own name, with its record. */
  refuse: (request: IncomingMessage, response: ServerResponse, refusal: Refusal) => void;
}

/** Why a request is not forwarded. */
export interface Refusal {
  readonly error: Parameters<Exchange['refuse']>[0];
  readonly message: string;
  readonly path: string;
}

/** The part of a request's target before its query. */
export const pathOf = (target: string): string => {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
};

/** The most bytes that a body may have on a path. @see https://platform.claude.com/docs/en/api/overview#request-size-limits */
export const bodyLimit = (config: Config, path: string): number => {
  if (path.startsWith('/v1/messages/batches')) return config.maxBatchBytes;
  return path.startsWith('/v1/files') ? config.maxFileBytes : config.maxBodyBytes;
};

/** A function that forwards requests to the upstream. `basePath` comes before the path of each. */
export const createForwarder = (context: Forwarding, basePath: string): Forwarder => {
  const { config } = context;
  return {
    forward(request, response, target) {
      const path = pathOf(target);
      const maxBytes = bodyLimit(config, path);
      const exchange = new Exchange(context, { request, response, path, maxBytes });
      if (context.exchanges.size > config.maxRequestsInFlight) {
        return exchange.refuse('overloaded', 'this proxy has too many requests under way; try again');
      }
      if (Number(request.headers['content-length'] ?? 0) > maxBytes) return exchange.bodyTooLarge();
      relayOf(context, exchange, basePath + target).begin();
    },
    refuse(request, response, { error, message, path }) {
      new Exchange(context, { request, response, path, maxBytes: config.maxBodyBytes }).refuse(error, message);
    },
  };
};

const relayOf = (context: Forwarding, exchange: Exchange, target: string): Relay =>
  context.pool === null
    ? new Relay(context, exchange, target)
    : new PooledRelay(context, exchange, target, context.pool);
