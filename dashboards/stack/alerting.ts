import { alertmanager, STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
import { RATE_INTERVAL, sumBy, value } from '#promql';
import { rates, stackSignals } from '#signals';
import { COLORS, countOf, draw, PERCENT, perMinute, query, timeseries, toPanel } from '../house/index.ts';

const FAILURES = [
  { matches: '/^(failed|failing|dropped|missing)/', color: COLORS.page },
  { matches: '/^configurations of/', color: COLORS.neutral },
];

/** Whether alerts reach Alertmanager. */
export const notificationsToAlertmanager = () =>
  timeseries({
    panel: PANELS.notificationsToAlertmanager,
    title: 'Alerts from Prometheus to Alertmanager',
    description:
      'Alerts that Prometheus sends to each Alertmanager, per minute: sent, failed attempts, and dropped for good. Normal: never ' +
      'quite 0 sent, because the Watchdog always fires, and 0 of the rest. Failed: that Alertmanager is down or cut off, see ' +
      '"Components up". Dropped for one of several: the others still notify. Dropped for every Alertmanager: nobody is notified of those alerts.',
    unit: perMinute(prometheus.notificationsSent),
    colors: FAILURES,
    queries: [
      query(
        sumBy(['alertmanager'], rates.eventsPerMinute(prometheus.notificationsSent, RATE_INTERVAL)),
        'sent {{alertmanager}}',
      ),
      query(
        sumBy(['alertmanager'], rates.eventsPerMinute(prometheus.notificationErrors, RATE_INTERVAL)),
        'failed {{alertmanager}}',
      ),
      draw(stackSignals.alertsDropped),
      draw(stackSignals.alertsDroppedForAll),
    ],
    links: [
      toPanel('What is queued', PANELS.notificationQueue),
      toPanel('From Alertmanager to people', PANELS.notificationsSent),
    ],
    noValue: 'Prometheus has discovered no Alertmanager',
  });

/** How many alerts are queued for Alertmanager. */
export const notificationQueue = () =>
  timeseries({
    panel: PANELS.notificationQueue,
    title: 'Alert queues to Alertmanager',
    description:
      'How full the queue of alerts is that Prometheus keeps for each Alertmanager, in percent of its capacity. Normal: 0, with ' +
      'short peaks. It fills up: that Alertmanager is down or slow, see "Components up". At 100 the oldest alerts are dropped, ' +
      'which "Alerts from Prometheus to Alertmanager" shows.',
    unit: PERCENT,
    softMax: 100,
    queries: [draw(stackSignals.alertQueueUsage)],
    links: [toPanel('What is sent', PANELS.notificationsToAlertmanager)],
    noValue: 'Prometheus has discovered no Alertmanager',
  });

/** Whether people are notified. */
export const notificationsSent = () =>
  timeseries({
    panel: PANELS.notificationsSent,
    title: 'Notifications to people',
    description:
      'The share of Alertmanager’s notifications that fail, by integration, and on the right all attempts per minute and the ' +
      'failed ones by reason. Normal: a few attempts when something fires, 0 failing. clientError: a wrong key or address, so the ' +
      'configuration is at fault. serverError or contextDeadlineExceeded: the receiver is at fault, and Alertmanager retries. ' +
      'Nobody is notified while all integrations fail; the log has the responses.',
    unit: PERCENT,
    softMax: 100,
    colors: FAILURES,
    queries: [
      draw(stackSignals.notificationFailureShare),
      query(
        sumBy(['integration'], rates.eventsPerMinute(alertmanager.notifications, RATE_INTERVAL)),
        'attempts {{integration}}',
        { unit: perMinute(alertmanager.notifications) },
      ),
      query(
        sumBy(['integration', 'reason'], rates.eventsPerMinute(alertmanager.notificationsFailed, RATE_INTERVAL)),
        'failed {{integration}}: {{reason}}',
        { unit: perMinute(alertmanager.notificationsFailed) },
      ),
    ],
    links: [toPanel('From Prometheus to Alertmanager', PANELS.notificationsToAlertmanager)],
  });

/** Whether the members of the Alertmanager cluster see each other. */
export const alertmanagerCluster = () =>
  timeseries({
    panel: PANELS.alertmanagerCluster,
    title: 'Alertmanager cluster',
    description:
      'How many Alertmanagers Prometheus discovers, how many members of the cluster each one is missing, how many different ' +
      'configurations they run, and the alerts that each one holds. Normal: all discovered, none missing, one configuration, and ' +
      'the Watchdog among the active alerts of each. Members that miss each other send every notification twice: check the network ' +
      'between their pods. Two configurations for long: one of them failed to load. A single Alertmanager is missing nobody.',
    unit: countOf('Alertmanagers, alerts'),
    decimals: 0,
    colors: FAILURES,
    legend: 'beside',
    queries: [
      draw(stackSignals.alertmanagersDiscovered),
      draw(stackSignals.alertmanagerPeersMissing),
      draw(stackSignals.alertmanagerConfigurations),
      query(sumBy(['instance', 'state'], value(alertmanager.alerts)), '{{state}} {{instance}}'),
    ],
    links: [toPanel('Whether they loaded it', PANELS.configReloads)],
  });
