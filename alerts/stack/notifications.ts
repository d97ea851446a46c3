import { alertmanager, STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
// biome-ignore format: one list of functions
import {
  and, countBy, div, groupLeft, groupRight, gt, history, lt, minWithout, mul, on, rate, sumBy, type Vector, value,
} from '#promql';
import { alert, group, EVENT_RANGE, EVENT_WAIT, eventsPerMinute, HALF_OF_THE_TIME, held } from '../house/index.ts';

/** The least notifications a second of which a share means anything: one in the range, as any may be the page that counts. */
const NOTIFICATIONS_FLOOR = 0.001;

const told = (): Vector<'job' | 'integration'> =>
  sumBy(['job', 'integration'], rate(alertmanager.notifications, EVENT_RANGE));

const untold = (): Vector<'job' | 'integration'> =>
  sumBy(['job', 'integration'], rate(alertmanager.notificationsFailed, EVENT_RANGE));

/** Whether alerts find their way from Prometheus over Alertmanager to people. */
export const notifications = group('notifications', [
  alert({
    name: 'PrometheusNotificationsFailing',
    severity: 'ticket',
    wait: EVENT_WAIT,
    threshold: { value: 0, unit: 'perMinute', because: 'alerts are sent again and again: none has to be lost' },
    panel: PANELS.notificationsToAlertmanager,
    series: 'lost {alertmanager}',
    expr: (threshold) => gt(eventsPerMinute(prometheus.notificationsDropped), threshold),
    summary: ({ instance, alertmanager }) => `${instance} cannot hand alerts to ${alertmanager}.`,
    description: ({ value }) => `${value.fixed(1)} alerts a minute are lost on the way to one Alertmanager.`,
    action: 'See whether that Alertmanager runs, and what Prometheus’ log says of sending to it.',
  }),
  alert({
    name: 'PrometheusNotificationsLost',
    severity: 'page',
    wait: EVENT_WAIT,
    threshold: { value: 0, unit: 'perMinute', because: 'an alert that no Alertmanager gets wakes nobody' },
    panel: PANELS.notificationsToAlertmanager,
    series: 'lost to all',
    expr: (threshold) => gt(minWithout(['alertmanager'], eventsPerMinute(prometheus.notificationsDropped)), threshold),
    inhibits: [{ alert: 'PrometheusNotificationsFailing', equal: ['job', 'instance'] }],
    summary: ({ instance }) => `${instance} cannot hand alerts to any Alertmanager.`,
    description: ({ value }) => `At least ${value.fixed(1)} alerts a minute are lost on the way to each Alertmanager.`,
    action: 'See whether Alertmanager runs and takes alerts; check the network policy from Prometheus to it.',
  }),
  alert({
    name: 'PrometheusNotificationQueueFilling',
    severity: 'ticket',
    wait: '10m',
    threshold: {
      value: 50,
      unit: 'percent',
      because: 'a queue that works is nearly empty; a full one loses the oldest',
    },
    panel: PANELS.notificationQueue,
    expr: (threshold) =>
      gt(
        mul(
          groupLeft(value(prometheus.notificationQueue), '/', value(prometheus.notificationQueueCapacity), {
            by: on('job', 'instance'),
          }),
          100,
        ),
        threshold,
      ),
    summary: ({ instance, alertmanager, value }) =>
      `The queue of ${instance} to ${alertmanager} is ${value.fixed(1)} % full.`,
    description: () => 'Alerts arrive late at that Alertmanager, and when the queue is full some never do.',
    action: 'See whether the Alertmanager answers slowly, and whether far too many alerts fire at once.',
  }),
  alert({
    name: 'PrometheusFindsNoAlertmanager',
    severity: 'page',
    wait: '5m',
    threshold: { ...HALF_OF_THE_TIME, because: 'without one nobody is told of anything' },
    panel: PANELS.alertmanagerCluster,
    series: 'found by {instance}',
    expr: (threshold) => lt(held(history(prometheus.alertmanagersFound, '10m')), threshold),
    summary: ({ instance }) => `${instance} knows of no Alertmanager.`,
    description: ({ instance }) => `What ${instance} has to tell goes nowhere.`,
    action: 'See whether Alertmanager’s pods and Service exist, and what the configuration of Prometheus names.',
  }),
  alert({
    name: 'AlertmanagerNotificationsFailing',
    severity: 'page',
    wait: EVENT_WAIT,
    threshold: {
      value: 20,
      unit: 'percent',
      because: 'a lost notification is tried again minutes later; one in five lost means that the receiver is ill',
    },
    panel: PANELS.notificationsSent,
    series: 'failing {integration}',
    expr: (threshold) => and(gt(mul(div(untold(), told()), 100), threshold), gt(told(), NOTIFICATIONS_FLOOR)),
    summary: ({ job, integration, value }) =>
      `${job} cannot tell ${value.fixed(0)} % of its notifications by ${integration}.`,
    description: ({ integration, threshold }) =>
      `More than ${threshold} % of the notifications by ${integration} fail; people may not hear of alerts.`,
    action: 'Read the reason in the log of Alertmanager: a key that has expired, a limit, or a way that is closed.',
  }),
  alert({
    name: 'AlertmanagerMembersMissing',
    severity: 'ticket',
    wait: '15m',
    threshold: {
      value: 0,
      unit: 'count',
      because: 'members that do not see each other tell of the same alert twice, and know other silences',
    },
    panel: PANELS.alertmanagerCluster,
    series: 'missing for {instance}',
    expr: (threshold) =>
      gt(
        groupRight(countBy(['job'], value(alertmanager.clusterMembers)), '-', value(alertmanager.clusterMembers), {
          by: on('job'),
        }),
        threshold,
      ),
    links: ['job'],
    summary: ({ instance, value }) => `${instance} does not see ${value.fixed(0)} members of its cluster.`,
    description: ({ job }) => `Members of ${job} run that are not connected with each other.`,
    action: 'Check the network policy between the members on the port of the cluster, then restart the lonely one.',
  }),
]);
