import { LOG_EVENTS, RATE_LIMITED } from '#catalog';
import { atLeast, countOverTime, logQuery, sumBy, where } from '#logql';

const { requestFinished, upstreamError } = LOG_EVENTS;

/** The annotation of the source dashboard 000. */
export const ANNOTATION_000 = logQuery(upstreamError, { status: RATE_LIMITED });

/** The log queries of the guide 003 that hold for the proxy's lines: many tokens, slow requests, errors by their kind. */
export const GUIDE_003 = {
  large: where(logQuery(requestFinished), { tokens_total: atLeast(10_001) }),
  slow: logQuery(requestFinished, { duration: atLeast(5_001) }),
  errorsByKind: sumBy(['error_type'], countOverTime(logQuery(upstreamError, { level: 'error' }), '1h')),
};
