import { closed, theirs } from '../label.ts';
import { foreign } from '../metric.ts';

const declare = foreign();

const integration = theirs('integration', 'The kind of receiver that is notified.', [
  'email',
  'pagerduty',
  'slack',
  'webhook',
]);
const reason = theirs('reason', 'Why a notification failed.', [
  'clientError',
  'serverError',
  'contextCanceled',
  'contextDeadlineExceeded',
  'other',
]);
const alertState = closed(
  'state',
  ['active', 'suppressed', 'unprocessed'],
  'Whether an alert is notified or suppressed.',
);
const instance = { scope: 'instance' } as const;

/** Series that Alertmanager writes about its own work; those of the cluster are absent where it has none. */
export const alertmanager = {
  configReloadSuccessful: declare.gauge({
    name: 'alertmanager_config_last_reload_successful',
    help: 'Whether the last load of the configuration worked.',
    unit: 'state',
    ...instance,
  }),
  configReloadTime: declare.gauge({
    name: 'alertmanager_config_last_reload_success_timestamp_seconds',
    help: 'When the configuration was last loaded, in unix seconds.',
    unit: 'unixSeconds',
    ...instance,
  }),
  configHash: declare.gauge({
    name: 'alertmanager_config_hash',
    help: 'A number that the text of the configuration gives.',
    unit: 'state',
    ...instance,
  }),
  alerts: declare.gauge({
    name: 'alertmanager_alerts',
    help: 'Alerts that Alertmanager knows, by state.',
    unit: 'items',
    labels: [alertState],
    ...instance,
  }),
  notifications: declare.counter({
    name: 'alertmanager_notifications_total',
    help: 'Attempts to tell a receiver, by integration.',
    unit: 'events',
    labels: [integration],
  }),
  notificationsFailed: declare.counter({
    name: 'alertmanager_notifications_failed_total',
    help: 'Attempts to tell a receiver that failed, by integration and reason.',
    unit: 'errors',
    labels: [integration, reason],
  }),
  notificationLatency: declare.histogram({
    name: 'alertmanager_notification_latency_seconds',
    help: 'How long it took to tell a receiver, by integration.',
    unit: 'seconds',
    labels: [integration],
    buckets: [1, 5, 10, 15, 20],
  }),
  clusterMembers: declare.gauge({
    name: 'alertmanager_cluster_members',
    help: 'Members of the cluster that this one knows, itself included.',
    unit: 'items',
    ...instance,
  }),
  clusterFailedPeers: declare.gauge({
    name: 'alertmanager_cluster_failed_peers',
    help: 'Members that this one has lost.',
    unit: 'items',
    ...instance,
  }),
  clusterHealth: declare.gauge({
    name: 'alertmanager_cluster_health_score',
    help: 'How healthy this member takes itself for; 0 is best.',
    unit: 'state',
    ...instance,
  }),
} as const;
