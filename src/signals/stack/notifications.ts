import { alertmanager, prometheus } from '#catalog';
import {
  avgOverTime,
  countBy,
  div,
  groupLeft,
  groupRight,
  history,
  minWithout,
  mul,
  on,
  rate,
  sumBy,
  type Vector,
  value,
  type Window,
} from '#promql';
import { EVENT_RANGE, eventsPerMinute } from '../rates.ts';
import { signal } from '../signal.ts';

/** Alerts that Prometheus drops on the way to each Alertmanager, per minute. */
export const alertsDropped = signal({
  id: 'prometheus/alerts-dropped',
  measure: (window) => eventsPerMinute(prometheus.notificationsDropped, window),
  unit: 'perMinute',
  legend: 'dropped by {{instance}}: {{alertmanager}}',
  range: EVENT_RANGE,
});

/** Alerts that Prometheus drops on the way to every Alertmanager, per minute. */
export const alertsDroppedForAll = signal({
  id: 'prometheus/alerts-dropped-for-all',
  measure: (window) => minWithout(['alertmanager'], eventsPerMinute(prometheus.notificationsDropped, window)),
  unit: 'perMinute',
  legend: 'dropped by {{instance}}: every Alertmanager',
  range: EVENT_RANGE,
});

/** How full the queue of alerts to each Alertmanager is, in percent. */
export const alertQueueUsage = signal({
  id: 'prometheus/alert-queue-usage',
  measure: () =>
    mul(
      groupLeft(value(prometheus.notificationQueue), '/', value(prometheus.notificationQueueCapacity), {
        by: on('job', 'instance'),
      }),
      100,
    ),
  unit: 'percent',
  legend: '{{alertmanager}} of {{instance}}',
});

/** How many Alertmanagers Prometheus has discovered, on average. */
export const alertmanagersDiscovered = signal({
  id: 'prometheus/alertmanagers-discovered',
  measure: (window) => avgOverTime(history(prometheus.alertmanagersFound, window)),
  unit: 'count',
  legend: 'discovered by {{instance}}',
  bad: 'below',
  range: '10m',
  drawn: () => value(prometheus.alertmanagersFound),
});

/** Notifications that Alertmanager attempts per second. */
export const notificationAttempts = (window: Window): Vector<'job' | 'integration'> =>
  sumBy(['job', 'integration'], rate(alertmanager.notifications, window));

/** Notifications that fail, in percent of the attempts. */
export const notificationFailureShare = signal({
  id: 'alertmanager/notification-failure-share',
  measure: (window) =>
    mul(
      div(sumBy(['job', 'integration'], rate(alertmanager.notificationsFailed, window)), notificationAttempts(window)),
      100,
    ),
  unit: 'percent',
  legend: 'failing {{integration}}',
  range: EVENT_RANGE,
});

/** How many members of its cluster each Alertmanager does not see. */
export const alertmanagerPeersMissing = signal({
  id: 'alertmanager/peers-missing',
  measure: () =>
    groupRight(countBy(['job'], value(alertmanager.clusterMembers)), '-', value(alertmanager.clusterMembers), {
      by: on('job'),
    }),
  unit: 'count',
  legend: 'missing for {{instance}}',
});
