import { DASHBOARD_UIDS, prometheus } from '#catalog';
import {
  type DashboardDefinition,
  dashboard,
  HALF,
  PROMETHEUS,
  row,
  span,
  THIRD,
  targetVariables,
} from '../house/index.ts';
import { alertmanagerCluster, notificationQueue, notificationsSent, notificationsToAlertmanager } from './alerting.ts';
import { alloyDelivery, alloyLines } from './alloy.ts';
import { grafanaDatasources, grafanaRequests } from './grafana.ts';
import { activeSeries, samplesIngested, samplesRejected, seriesByJob, seriesGrowth } from './ingestion.ts';
import { lokiErrors, lokiIngestion, lokiRequestDuration, lokiRequests, lokiRetention } from './loki.ts';
import { certificateExpiry, componentsUp, configReloads, probeDuration, probes } from './overview.ts';
import { cpu, memory } from './processes.ts';
import { proxyEventLoop, proxyFolded, proxyInFlight, proxyOutcomes, proxyPolls, proxyRecords } from './proxy.ts';
import { remoteWrite, remoteWriteErrors } from './remote-write.ts';
import { ruleEvaluationFailures, ruleEvaluationTime } from './rules.ts';
import { databaseErrors, storage, volumes } from './storage.ts';

/** The dashboard of the stack itself as a table of contents. */
export const stackHealthDefinition: DashboardDefinition = {
  uid: DASHBOARD_UIDS.stackHealth,
  title: 'Stack health',
  description:
    'Whether the monitoring of the proxy works: Prometheus, Alertmanager, Loki, Alloy, Grafana and the probes, and the proxy’s own internals.',
  tags: ['stack-health'],
  datasources: [PROMETHEUS],
  variables: targetVariables([prometheus.up]),
  rows: [
    row('Overview', [
      span(HALF, componentsUp()),
      span(HALF, configReloads()),
      span(THIRD, probes()),
      span(THIRD, probeDuration()),
      span(THIRD, certificateExpiry()),
    ]),
    row('Prometheus', [
      span(THIRD, samplesIngested()),
      span(THIRD, samplesRejected()),
      span(THIRD, activeSeries()),
      span(THIRD, seriesByJob()),
      span(THIRD, seriesGrowth()),
      span(THIRD, databaseErrors()),
      span(HALF, ruleEvaluationFailures()),
      span(HALF, ruleEvaluationTime()),
      span(HALF, storage()),
      span(HALF, volumes()),
      span(HALF, remoteWrite()),
      span(HALF, remoteWriteErrors()),
    ]),
    row('Alerting', [
      span(HALF, notificationsToAlertmanager()),
      span(HALF, notificationQueue()),
      span(HALF, notificationsSent()),
      span(HALF, alertmanagerCluster()),
    ]),
    row('Loki', [
      span(HALF, lokiIngestion()),
      span(HALF, lokiRequests()),
      span(THIRD, lokiRequestDuration()),
      span(THIRD, lokiErrors()),
      span(THIRD, lokiRetention()),
    ]),
    row('Alloy', [span(HALF, alloyLines()), span(HALF, alloyDelivery())]),
    row('Grafana', [span(HALF, grafanaRequests()), span(HALF, grafanaDatasources())]),
    row('Proxy internals', [
      span(THIRD, proxyOutcomes()),
      span(THIRD, proxyInFlight()),
      span(THIRD, proxyEventLoop()),
      span(THIRD, proxyRecords()),
      span(THIRD, proxyFolded()),
      span(THIRD, proxyPolls()),
    ]),
    row('Processes', [span(HALF, memory()), span(HALF, cpu())]),
  ],
};

/** The dashboard of the stack itself. */
export const stackHealth = dashboard(stackHealthDefinition);
