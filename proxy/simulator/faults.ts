import { failure, type Reply } from './reply.ts';
import type { Conditions, Fault } from './scenario.ts';

/** Faults that are an answer of their own; the others trouble the connection or the stream. */
const REPLIES: Readonly<
  Partial<Record<Fault, (headers: Readonly<Record<string, string>>, conditions: Conditions) => Reply>>
> = {
  minute: (headers, { retryAfterSeconds }) =>
    failure(429, 'This request would exceed the rate limit of your organization a minute.', {
      ...headers,
      'retry-after': String(retryAfterSeconds),
    }),
  spend: (headers) => failure(429, 'Your organization has reached its spend limit.', headers),
  overloaded: (headers) => failure(529, 'Overloaded', headers),
  api_error: (headers) => failure(500, 'Internal server error', headers),
  timeout: (headers) => failure(504, 'The request took too long.', headers),
  unauthorized: (headers) => failure(401, 'Invalid authentication credentials', headers),
  forbidden: (headers) => failure(403, 'Your account has no access to this model.', headers),
  bad_gateway: () => ({
    status: 502,
    contentType: 'text/html',
    body: '<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>\n',
  }),
};

/** The answer that a fault is; null for one that is none. */
export const replyOf = (
  fault: Fault,
  headers: Readonly<Record<string, string>>,
  conditions: Conditions,
): Reply | null => REPLIES[fault]?.(headers, conditions) ?? null;
