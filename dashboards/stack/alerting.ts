import { alertmanager, STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
// biome-ignore format: one list of operators
import {
  countBy, countValues, groupLeft, groupRight, minBy, mul, on, RATE_INTERVAL, rate, sumBy, value,
} from '#promql';
// biome-ignore format: one list of house words
import { COLORS, countOf, PERCENT, perMinute, query, timeseries, toPanel } from '../house/index.ts';
import { eventsPerMinute, percentOf } from './rates.ts';

const FAILURES = [
  { matches: '/^(failed|failing|lost|missing)/', color: COLORS.page },
  { matches: '/^configurations$/', color: COLORS.neutral },
];

/** Whether alerts reach Alertmanager. */
export const notificationsToAlertmanager = () =>
  timeseries({
    panel: PANELS.notificationsToAlertmanager,
    title: 'Alerts from Prometheus to Alertmanager',
    description:
      'Alerts that Prometheus hands to each Alertmanager, a minute: sent, failed at first, and lost for good. Normal: never quite ' +
      '0 sent, because the Watchdog always fires, and 0 of the rest. Failed: that Alertmanager is away or cut off, see "Components ' +
      'up". Lost to one of several: the others still tell. Lost to all: nobody is told of those alerts.',
    unit: perMinute(prometheus.notificationsSent),
    colors: FAILURES,
    queries: [
      query(sumBy(['alertmanager'], eventsPerMinute(prometheus.notificationsSent)), 'sent {{alertmanager}}'),
      query(sumBy(['alertmanager'], eventsPerMinute(prometheus.notificationErrors)), 'failed {{alertmanager}}'),
      query(sumBy(['alertmanager'], eventsPerMinute(prometheus.notificationsDropped)), 'lost {{alertmanager}}'),
      query(minBy([], sumBy(['alertmanager'], eventsPerMinute(prometheus.notificationsDropped))), 'lost to all'),
    ],
    links: [toPanel('What waits', PANELS.notificationQueue), toPanel('From there to people', PANELS.notificationsSent)],
    noValue: 'Prometheus knows no Alertmanager',
  });

/** How many alerts wait for Alertmanager. */
export const notificationQueue = () =>
  timeseries({
    panel: PANELS.notificationQueue,
    title: 'Alerts that wait for Alertmanager',
    description:
      'How full the queue of alerts is that Prometheus keeps for each Alertmanager, in percent of what fits in. Normal: 0, with ' +
      'short peaks. It fills: that Alertmanager is away or slow, see "Components up". At 100 the oldest alerts are lost, which ' +
      'the panel of alerts from Prometheus shows.',
    unit: PERCENT,
    softMax: 100,
    queries: [
      query(
        mul(
          100,
          groupLeft(value(prometheus.notificationQueue), '/', value(prometheus.notificationQueueCapacity), {
            by: on('job', 'instance'),
          }),
        ),
        '{{alertmanager}} of {{instance}}',
      ),
    ],
    links: [toPanel('What is sent', PANELS.notificationsToAlertmanager)],
    noValue: 'Prometheus knows no Alertmanager',
  });

/** Whether people are told. */
export const notificationsSent = () =>
  timeseries({
    panel: PANELS.notificationsSent,
    title: 'Notifications to people',
    description:
      'How many of 100 attempts of Alertmanager to tell a receiver fail, by way, and on the right all attempts a minute and the ' +
      'failed ones by why. Normal: a few attempts when something fires, 0 failing. clientError: a wrong key or address, so the ' +
      'configuration is at fault. serverError or contextDeadlineExceeded: the other side is, and Alertmanager tries again. ' +
      'Nobody hears of an alert while all its ways fail; the log has the answers.',
    unit: PERCENT,
    softMax: 100,
    colors: FAILURES,
    queries: [
      query(
        percentOf(
          sumBy(['integration'], rate(alertmanager.notificationsFailed, RATE_INTERVAL)),
          sumBy(['integration'], rate(alertmanager.notifications, RATE_INTERVAL)),
        ),
        'failing {{integration}}',
        { compared: true },
      ),
      query(sumBy(['integration'], eventsPerMinute(alertmanager.notifications)), 'attempts {{integration}}', {
        unit: perMinute(alertmanager.notifications),
      }),
      query(
        sumBy(['integration', 'reason'], eventsPerMinute(alertmanager.notificationsFailed)),
        'failed {{integration}}: {{reason}}',
        { unit: perMinute(alertmanager.notificationsFailed) },
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
      'How many Alertmanagers Prometheus finds, how many members of their cluster each one misses, how many different ' +
      'configurations they have, and the alerts that each knows. Normal: all found, none missing, one configuration, and the ' +
      'Watchdog among the active alerts of each. Members that miss each other tell everything twice: look at the network between ' +
      'their pods. Two configurations for long: one of them could not be loaded. A single Alertmanager misses nobody.',
    unit: countOf('Alertmanagers, alerts'),
    decimals: 0,
    colors: FAILURES,
    legend: 'beside',
    queries: [
      query(value(prometheus.alertmanagersFound), 'found by {{instance}}'),
      query(
        groupRight(countBy(['job'], value(alertmanager.clusterMembers)), '-', value(alertmanager.clusterMembers), {
          by: on('job'),
        }),
        'missing for {{instance}}',
      ),
      query(countBy([], countValues('hash', ['job'], value(alertmanager.configHash))), 'configurations'),
      query(sumBy(['instance', 'state'], value(alertmanager.alerts)), '{{state}} {{instance}}'),
    ],
    links: [toPanel('Whether they loaded it', PANELS.configReloads)],
  });
