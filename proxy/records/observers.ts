import type { Log } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { RequestObserver } from '../request/observer.ts';

const STREAM = { stream: 'true' } as const;
const NO_STREAM = { stream: 'false' } as const;

/** What is counted while requests run; the rest is counted from their records. */
export type LiveMetrics = Pick<Metrics, 'requestsInFlight' | 'upstreamErrors' | 'refusals' | 'drains'>;

/** Counts requests under way, errors of the upstream, refusals and drains. */
export const metricsObserver = (metrics: LiveMetrics): Partial<RequestObserver> => ({
  started: (stream) => metrics.requestsInFlight.inc(stream ? STREAM : NO_STREAM),
  streamChanged: (stream) => {
    metrics.requestsInFlight.dec(stream ? NO_STREAM : STREAM);
    metrics.requestsInFlight.inc(stream ? STREAM : NO_STREAM);
  },
  stopped: (stream) => metrics.requestsInFlight.dec(stream ? STREAM : NO_STREAM),
  upstreamError: ({ type, requestId }) => metrics.upstreamErrors.inc({ error_type: type }, 1, requestId),
  refused: ({ reason }) => metrics.refusals.inc({ reason }),
  drained: (result) => metrics.drains.inc({ result }),
});

/** Writes a line for each error that an attempt at the upstream met. */
export const logObserver = (log: Pick<Log, 'upstreamError'>): Partial<RequestObserver> => ({
  upstreamError: ({ type, message, status, credential, attempt, requestId }) =>
    log.upstreamError({
      status: status === null ? null : String(status),
      error_type: type,
      error_message: message,
      credential,
      attempt,
      request_id: requestId,
    }),
});
