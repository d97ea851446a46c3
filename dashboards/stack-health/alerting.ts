import { alertmanager, STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
import { mul, RATE_INTERVAL, rate, sumBy, type Vector, value } from '#promql';
// biome-ignore format: one list of house words
import { COLORS, countOf, perMinute, query, timeseries, toPanel } from '../house/index.ts';

const MINUTE = 60;

const perMinuteOf = <L extends string>(rates: Vector<L>): Vector<L> => mul(rates, MINUTE);

const FAILURES = [
  { matches: '/^(failed|dropped)/', color: COLORS.page },
  { matches: '/^waiting/', color: COLORS.ticket },
];

/** Whether alerts reach Alertmanager. */
export const notificationsToAlertmanager = () =>
  timeseries({
    panel: PANELS.notificationsToAlertmanager,
    title: 'Alerts from Prometheus to Alertmanager',
    description:
      'Alerts that Prometheus hands to each Alertmanager, a minute: sent, failed, and dropped for good, and how many wait. ' +
      'Normal: never quite 0 sent, because the Watchdog always fires, and 0 of the rest. Failed: that Alertmanager is away or cut ' +
      'off, see "Components up". Dropped: nobody is told of those alerts.',
    unit: perMinute(prometheus.notificationsSent),
    colors: FAILURES,
    queries: [
      query(
        perMinuteOf(sumBy(['alertmanager'], rate(prometheus.notificationsSent, RATE_INTERVAL))),
        'sent to {{alertmanager}}',
      ),
      query(
        perMinuteOf(sumBy(['alertmanager'], rate(prometheus.notificationErrors, RATE_INTERVAL))),
        'failed to {{alertmanager}}',
      ),
      query(perMinuteOf(sumBy([], rate(prometheus.notificationsDropped, RATE_INTERVAL))), 'dropped'),
      query(sumBy([], value(prometheus.notificationQueue)), 'waiting', { unit: countOf('alerts that wait') }),
    ],
    links: [toPanel('From there to people', PANELS.notificationsSent)],
    noValue: 'Prometheus knows no Alertmanager',
  });

/** Whether people are told. */
export const notificationsSent = () =>
  timeseries({
    panel: PANELS.notificationsSent,
    title: 'Notifications to people',
    description:
      'Attempts of Alertmanager to tell a receiver, a minute and by way, and those that failed, by why. Normal: a few when ' +
      'something fires, 0 failed. Failed: nobody hears of that alert unless another way works. clientError: a wrong key or ' +
      'address, so the configuration is at fault. serverError or contextDeadlineExceeded: the other side is, and Alertmanager ' +
      'tries again. Its log has the answer.',
    unit: perMinute(alertmanager.notifications),
    colors: FAILURES,
    queries: [
      query(
        perMinuteOf(sumBy(['integration'], rate(alertmanager.notifications, RATE_INTERVAL))),
        'attempts by {{integration}}',
      ),
      query(
        perMinuteOf(sumBy(['integration', 'reason'], rate(alertmanager.notificationsFailed, RATE_INTERVAL))),
        'failed by {{integration}}: {{reason}}',
      ),
    ],
    links: [toPanel('From Prometheus to here', PANELS.notificationsToAlertmanager)],
  });

/** Whether the members of Alertmanager see each other. */
export const alertmanagerCluster = () =>
  timeseries({
    panel: PANELS.alertmanagerCluster,
    title: 'Alerts and members of Alertmanager',
    description:
      'Alerts that each Alertmanager knows, by whether they are told, and how many members of the cluster each one sees, itself ' +
      'included. Normal: all members know the same alerts and see all the others; the Watchdog makes one active. Members that do ' +
      'not see each other tell everything twice: look at the network between their pods. A single Alertmanager has no members.',
    unit: countOf('alerts, members'),
    decimals: 0,
    colors: [{ matches: '/ lost /', color: COLORS.page }],
    queries: [
      query(sumBy(['instance', 'state'], value(alertmanager.alerts)), '{{state}} {{instance}}'),
      query(value(alertmanager.clusterMembers), 'members seen by {{instance}}'),
      query(value(alertmanager.clusterFailedPeers), 'members lost by {{instance}}'),
    ],
  });
