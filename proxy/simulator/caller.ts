import type { IncomingHttpHeaders } from 'node:http';

/** Who sends a request. */
export interface Caller {
  readonly kind: 'api_key' | 'oauth';
  readonly secret: string;
  /** The name in a simulated secret, else the secret itself. */
  readonly account: string;
}

const PREFIX = 'simulated-';

/** An OAuth token of an account; a later generation is a renewed one of the same account. */
export const simulatedToken = (account: string, generation = 0): string =>
  `${PREFIX}${account}${generation === 0 ? '' : `.${generation}`}`;

const NAMED = new RegExp(`^${PREFIX}([^.]+)(?:\\.\\d+)?$`);

const accountOf = (secret: string): string => NAMED.exec(secret)?.[1] ?? secret;

/** The beta without which OAuth tokens are refused. */
const OAUTH_BETA = 'oauth-2025-04-20';

/** Who sends a request by its headers; null where they authenticate nobody. */
export const callerOf = (headers: IncomingHttpHeaders): Caller | null => {
  const key = headers['x-api-key'];
  if (typeof key === 'string' && key !== '') return { kind: 'api_key', secret: key, account: accountOf(key) };
  const token = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const betas = String(headers['anthropic-beta'] ?? '');
  if (token === undefined || !betas.includes(OAUTH_BETA)) return null;
  return { kind: 'oauth', secret: token, account: accountOf(token) };
};
