import type { RawHeaders } from '../http/forwarded-headers.ts';

/** Headers of a 429 that says when the first credential of the pool is ready again. A subscription's client gives up for good only where it sees the unified status. */
export const coolingHeaders = (retryAt: number, now: number): readonly string[] => [
  ...['retry-after', String(Math.max(1, Math.ceil((retryAt - now) / 1_000)))],
  ...['anthropic-ratelimit-unified-status', 'rejected'],
  ...['anthropic-ratelimit-unified-reset', String(Math.ceil(retryAt / 1_000))],
];

/** Trailers as node:http takes them. */
export type Trailers = [string, string][];

const NO_TRAILERS: Trailers = [];

/** The trailers of an answer. */
export const trailersOf = (raw: RawHeaders): Trailers => {
  if (raw.length === 0) return NO_TRAILERS;
  const trailers: Trailers = [];
  for (let i = 0; i + 1 < raw.length; i += 2) trailers.push([text(raw[i]), text(raw[i + 1])]);
  return trailers;
};

const text = (value: Buffer | string | undefined): string =>
  typeof value === 'string' ? value : (value?.toString('latin1') ?? '');
