import { CLIENT_GONE, proxy } from '#catalog';
import { groupLeft, mul, not, on, RATE_INTERVAL, rate, sumBy, type Vector } from '#promql';

/** A minute in seconds. */
export const MINUTE = 60;

/** An hour in seconds. */
export const HOUR = 3_600;

/** Requests a second that got an answer; a client that left before the head got none. */
const answered = (): Vector<never> => sumBy([], rate(proxy.requests, RATE_INTERVAL, { status_code: not(CLIENT_GONE) }));

/** Rates for 100 answered requests, as the alerts compare them. */
export const perHundredRequests = <L extends string>(rates: Vector<L>): Vector<L> =>
  groupLeft(mul(100, rates), '/', answered(), { by: on() });
