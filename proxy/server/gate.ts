import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Config } from '../config.ts';
import type { Endpoint } from '../credentials/strategy.ts';
import type { Refusal } from '../http/errors.ts';
import { endpointOf } from '../request/endpoint.ts';

/** Why a request is not let in. */
export interface GateRefusal {
  readonly reason: Refusal;
  readonly message: string;
}

/** Decides whether a request to a path may be forwarded, or answered here; null lets it in. */
export interface Gate {
  /** Looks at how the request came here, whatever it asks for. `authority` is the host of an absolute target. */
  admits(request: IncomingMessage, authority: string | null): GateRefusal | null;
  /** Looks at whether a request for a path is forwarded. */
  forwards(path: string, method: string): GateRefusal | null;
}

const FORWARDED = '/v1/';

/** Dot segments and backslashes lead some servers out of the path's beginning, which decides what is forwarded. */
const ESCAPES = /\/(?:\.|%2e){1,2}(?:\/|$)|\\|%5c|%2f/i;

const NO_HOST: GateRefusal = { reason: 'bad_request', message: 'the host header is missing' };

/**
 * What a pool forwards of each endpoint: whole paths, whose ids are one plain segment, so that no server in between can
 * read another path in them.
 */
const POOL_PATHS: Readonly<
  Record<Exclude<Endpoint, 'other'>, { readonly path: RegExp; readonly methods: readonly string[] }>
> = {
  messages: { path: /^\/v1\/messages\/?$/, methods: ['POST'] },
  count_tokens: { path: /^\/v1\/messages\/count_tokens\/?$/, methods: ['POST'] },
  models: { path: /^\/v1\/models(?:\/[\w:@-][\w.:@-]*)?\/?$/, methods: ['GET', 'HEAD'] },
  batches: {
    path: /^\/v1\/messages\/batches(?:\/[\w-]+(?:\/(?:cancel|results))?)?\/?$/,
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
  },
  files: { path: /^\/v1\/files(?:\/[\w-]+(?:\/content)?)?\/?$/, methods: ['GET', 'HEAD', 'POST', 'DELETE'] },
};

/** Names that no public DNS serves: those of Services, of the cluster and of this machine. */
const INTERNAL = /^[a-z0-9_-]+$|^(?:[a-z0-9_-]+\.)+(?:localhost|svc|cluster\.local|internal)$/;

/** The host name of an authority, without port and brackets, in lower case. */
const hostName = (authority: string): string =>
  authority
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();

/**
 * The gate of a proxy. A pool pays with credentials of its own, so only the endpoints that are configured are forwarded,
 * and a browser that a page of somebody else has sent (another origin, or a name that was made to point here) is refused.
 *
 * @see https://developer.mozilla.org/en-US/docs/Glossary/Fetch_metadata_request_header
 */
export const createGate = (config: Config): Gate =>
  config.credentialsMode === 'pool' ? new PoolGate(config) : new PassThroughGate();

class PassThroughGate implements Gate {
  admits({ headers, httpVersion }: IncomingMessage): GateRefusal | null {
    return headers.host === undefined && httpVersion === '1.1' ? NO_HOST : null;
  }

  forwards(path: string): GateRefusal | null {
    if (path.startsWith(FORWARDED) && !ESCAPES.test(path)) return null;
    return { reason: 'not_found', message: 'this proxy forwards paths below /v1/ only' };
  }
}

class PoolGate implements Gate {
  readonly #endpoints: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #open = new PassThroughGate();
  /** The last authority that was admitted: the requests of a connection repeat it. */
  #admitted = '';

  constructor({ poolEndpoints, allowedHosts, allowedOrigins }: Config) {
    this.#endpoints = new Set(poolEndpoints);
    this.#hosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
    this.#origins = new Set(allowedOrigins.map((origin) => origin.toLowerCase()));
  }

  admits(request: IncomingMessage, authority: string | null): GateRefusal | null {
    const { headers } = request;
    const missing = this.#open.admits(request);
    if (missing !== null) return missing;
    const asked = authority ?? headers.host ?? '';
    const host = asked === this.#admitted ? '' : hostName(asked);
    if (host !== '' && !this.#knows(host)) {
      return {
        reason: 'forbidden',
        message: `this proxy does not answer under the name '${host}'; add it to allowedHosts`,
      };
    }
    this.#admitted = asked;
    const { origin } = headers;
    if (origin === undefined ? headers['sec-fetch-site'] !== 'cross-site' : this.#origins.has(origin.toLowerCase())) {
      return null;
    }
    return { reason: 'forbidden', message: 'web pages of other origins may not use this proxy; see allowedOrigins' };
  }

  forwards(path: string, method: string): GateRefusal | null {
    const refused = this.#open.forwards(path);
    if (refused !== null) return refused;
    const endpoint = endpointOf(path);
    if (endpoint === 'other' || !this.#endpoints.has(endpoint) || !POOL_PATHS[endpoint].path.test(path)) {
      const forwarded = [...this.#endpoints].join(', ');
      return { reason: 'not_found', message: `this proxy forwards ${forwarded} only; see poolEndpoints` };
    }
    const { methods } = POOL_PATHS[endpoint];
    if (methods.includes(method)) return null;
    return { reason: 'method_not_allowed', message: `only ${methods.join(' and ')} are forwarded here` };
  }

  #knows(host: string): boolean {
    return isIP(host) !== 0 || this.#hosts.has(host) || INTERNAL.test(host);
  }
}
