import { ALERT_RANGE, proxy, proxyRecorded } from '#catalog';
import {
  avgOverTime,
  div,
  gt,
  history,
  increase,
  maxBy,
  minBy,
  mul,
  num,
  RATE_INTERVAL,
  round,
  sub,
  sumBy,
  type Vector,
  value,
  type Window,
} from '#promql';
import { signal } from '../signal.ts';
import { ACCOUNT, used } from './forecast.ts';

/** How much of each rate-limit window is used, in percent. */
export const utilization = signal({
  id: 'anthropic-proxy/utilization',
  measure: () => used(),
  unit: 'percent',
  legend: '{{window}} {{credential}}',
  drawn: () => maxBy(ACCOUNT, value(proxy.utilization)),
});

/** Utilization that each window will have reached at its reset, in percent. */
export const projectedUtilization = signal({
  id: 'anthropic-proxy/projected-utilization',
  measure: () => maxBy(ACCOUNT, value(proxyRecorded.projectedUtilization)),
  unit: 'percent',
  legend: '{{window}} {{credential}}',
});

/**
 * Cooldowns of each credential within an hour, on the replica that saw most: replicas do not share cooldowns, so each
 * of them counts one and the same limit. Growth is extrapolated to the edges of its window, so it is rounded.
 */
export const cooldowns = signal({
  id: 'anthropic-proxy/cooldowns',
  measure: (window) =>
    round(maxBy(['job', 'credential'], sumBy(['job', 'instance', 'credential'], increase(proxy.cooldowns, window)))),
  unit: 'perHour',
  legend: '{{credential}} in an hour',
  range: '1h',
});

/** Credentials of the pool that are ready, on the replica that has fewest: replicas do not share cooldowns. No series without a pool. */
export const readyCredentials = signal({
  id: 'anthropic-proxy/ready-credentials',
  measure: () => minBy(['job'], sumBy(['job', 'instance'], value(proxy.credentialState, { state: 'ready' }))),
  unit: 'count',
  legend: 'ready in {{job}}',
  bad: 'below',
});

/** 1 for each credential of the pool that is expired. */
export const expiredCredentials = signal({
  id: 'anthropic-proxy/expired-credentials',
  measure: () => maxBy(['job', 'credential'], value(proxy.credentialState, { state: 'expired' })),
  unit: 'count',
  legend: '{{credential}} expired',
});

/** Above this, in percent, a graph names each key; below it, the fullest of each kind is enough. */
const HALF_USED = 50;

/** How much of each per-minute limit is used, as the replica with the least left sees it, in percent. */
const limitUsed = (window: Window): Vector<'job' | 'credential' | 'kind'> => {
  const remaining = minBy(['job', 'credential', 'kind'], avgOverTime(history(proxy.keyLimitRemaining, window)));
  const limit = maxBy(['job', 'credential', 'kind'], value(proxy.keyLimit));
  return mul(sub(num(1), div(remaining, limit)), 100);
};

/** How much of the per-minute limits of API keys is used, in percent, by key and what is limited. */
export const keyLimitUsed = signal({
  id: 'anthropic-proxy/key-limit-used',
  measure: limitUsed,
  unit: 'percent',
  legend: '{{credential}} {{kind}}',
  range: ALERT_RANGE,
  drawn: () => gt(limitUsed(RATE_INTERVAL), HALF_USED),
});

/** How much of the fullest per-minute limit of each kind is used, in percent. */
export const fullestKeyLimits = (): Vector<'kind'> => maxBy(['kind'], limitUsed(RATE_INTERVAL));

/** Accounts of the last two hours without gauges, on the replica that has most: replicas see the same accounts. */
export const accountsUntracked = signal({
  id: 'anthropic-proxy/accounts-untracked',
  measure: () => maxBy(['job'], value(proxy.accountsUntracked)),
  unit: 'count',
  legend: 'accounts not tracked in {{job}}',
});
