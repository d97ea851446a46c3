import { proxy, proxyRecorded } from '#catalog';
import { increase, maxBy, round, sumBy, value } from '#promql';
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

/** Credentials of the pool that are ready; there is no series where no pool is in use. */
export const readyCredentials = signal({
  id: 'anthropic-proxy/ready-credentials',
  measure: () =>
    sumBy(['job'], maxBy(['job', 'credential', 'state'], value(proxy.credentialState, { state: 'ready' }))),
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
