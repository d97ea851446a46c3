import { STACK_HEALTH_PANELS as PANELS } from '#catalog';
import { and, gt } from '#promql';
import { rates, stackSignals as signals } from '#signals';
import { alert, EVENT_FOR, group, HALF_OF_THE_TIME } from '../house/index.ts';

/** The least notifications per second of which a share means anything: one in the window, as any may be the page that counts. */
const NOTIFICATIONS_FLOOR = 0.001;

/** Whether alerts get from Prometheus through Alertmanager to people. */
export const notifications = group('notifications', [
  alert({
    name: 'PrometheusNotificationsFailing',
    severity: 'ticket',
    for: EVENT_FOR,
    signal: signals.alertsDropped,
    threshold: { value: 0, because: 'alerts are sent again and again, so none of them should be dropped' },
    panel: PANELS.notificationsToAlertmanager,
    summary: ({ instance, alertmanager }) => `${instance} cannot send alerts to ${alertmanager}.`,
    description: ({ value }) => `${value.fixed(1)} alerts per minute are dropped on the way to one Alertmanager.`,
    action: 'Check that this Alertmanager is up, and what Prometheus’ log says about sending to it.',
  }),
  alert({
    name: 'PrometheusNotificationsLost',
    severity: 'page',
    for: EVENT_FOR,
    signal: signals.alertsDroppedForAll,
    threshold: { value: 0, because: 'an alert that reaches no Alertmanager notifies nobody' },
    panel: PANELS.notificationsToAlertmanager,
    inhibits: [{ alert: 'PrometheusNotificationsFailing', equal: ['job', 'instance'] }],
    summary: ({ instance }) => `${instance} cannot send alerts to any Alertmanager.`,
    description: ({ value }) =>
      `At least ${value.fixed(1)} alerts per minute are dropped on the way to every Alertmanager.`,
    action: 'Check that Alertmanager is up and accepts alerts; check the network policy from Prometheus to it.',
  }),
  alert({
    name: 'PrometheusNotificationQueueFilling',
    severity: 'ticket',
    for: '10m',
    signal: signals.alertQueueUsage,
    threshold: { value: 50, because: 'a healthy queue is nearly empty; a full one drops the oldest alerts' },
    panel: PANELS.notificationQueue,
    summary: ({ instance, alertmanager, value }) =>
      `The queue from ${instance} to ${alertmanager} is ${value.fixed(1)}% full.`,
    description: () => 'Alerts reach that Alertmanager late, and once the queue is full some never do.',
    action: 'Check whether the Alertmanager responds slowly, and whether far too many alerts fire at once.',
  }),
  alert({
    name: 'PrometheusFindsNoAlertmanager',
    severity: 'page',
    for: '5m',
    signal: signals.alertmanagersDiscovered,
    threshold: { value: HALF_OF_THE_TIME, because: 'without one nobody is notified of anything' },
    panel: PANELS.alertmanagerCluster,
    summary: ({ instance }) => `${instance} discovers no Alertmanager.`,
    description: ({ instance }) => `The alerts of ${instance} go nowhere.`,
    action: 'Check that Alertmanager’s pods and Service exist, and which ones the configuration of Prometheus names.',
  }),
  alert({
    name: 'AlertmanagerNotificationsFailing',
    severity: 'page',
    for: EVENT_FOR,
    signal: signals.notificationFailureShare,
    threshold: {
      value: 20,
      because: 'a failed notification is retried minutes later; one failure in five means that the receiver is failing',
    },
    panel: PANELS.notificationsSent,
    where: (failing) => and(failing, gt(signals.notificationAttempts(rates.EVENT_RANGE), NOTIFICATIONS_FLOOR)),
    summary: ({ job, integration, value }) =>
      `${value.fixed(0)}% of the notifications from ${job} via ${integration} fail.`,
    description: ({ integration, threshold }) =>
      `More than ${threshold}% of the notifications via ${integration} fail; alerts may go unnoticed.`,
    action: 'Read the reason in Alertmanager’s log: an expired key, a rate limit, or a blocked connection.',
  }),
  alert({
    name: 'AlertmanagerMembersMissing',
    severity: 'ticket',
    for: '15m',
    signal: signals.alertmanagerPeersMissing,
    threshold: {
      value: 0,
      because: 'members that do not see each other send duplicate notifications and do not share silences',
    },
    panel: PANELS.alertmanagerCluster,
    links: ['job'],
    summary: ({ instance, value }) => `${instance} does not see ${value.fixed(0)} of the members of its cluster.`,
    description: ({ job }) => `Members of ${job} are up but not connected to each other.`,
    action: 'Check the network policy between the members on the cluster port, then restart the isolated member.',
  }),
]);
