import { ALERT_RANGE, CLIENT_GONE, type Duration, OBJECTIVES, proxy } from '#catalog';
import { and, div, groupLeft, gt, mul, not, on, rate, sumBy, type Vector } from '#promql';

/** Requests a second that got an answer, per proxy: a client that left before the head got none. */
export const answeredRequests = (): Vector<'job'> =>
  sumBy(['job'], rate(proxy.requests, ALERT_RANGE, { status_code: not(CLIENT_GONE) }));

const busy = (requests: Vector<'job'>): Vector<'job'> => gt(requests, OBJECTIVES.trafficFloor.value);

/** Requests a second, those of clients that left included, per proxy. */
export const allRequests = (): Vector<'job'> => sumBy(['job'], rate(proxy.requests, ALERT_RANGE));

/** Where a proxy is asked for enough to speak of a share, over some time. */
export const busyProxies = (over: Duration): Vector<'job'> => busy(sumBy(['job'], rate(proxy.requests, over)));

/** Where a rate is more than some percent of the requests, by default the answered, and there are enough of them to speak of a share. */
export const shareAbove = (threshold: number, part: Vector<'job'>, whole = answeredRequests()): Vector<'job'> =>
  and(gt(mul(div(part, whole), 100), threshold), busy(whole));

/** The same for rates that are split by a further label. */
export const sharesAbove = <L extends string>(threshold: number, parts: Vector<L | 'job'>): Vector<L | 'job'> =>
  and(
    gt(mul(groupLeft(parts, '/', answeredRequests(), { by: on('job') }), 100), threshold),
    busy(answeredRequests()),
    on('job'),
  );
