import { DASHBOARD_UIDS, prometheus } from '#catalog';
// biome-ignore format: one list of house words
import {
  type DashboardDefinition, dashboard, HALF, PROMETHEUS, QUARTER, row, span, THIRD,targetChoices, 
} from './house/index.ts';
import { alertmanagerCluster, notificationsSent, notificationsToAlertmanager } from './stack-health/alerting.ts';
import { alloyDelivery, alloyLines } from './stack-health/alloy.ts';
import { grafanaDatasources, grafanaRequests } from './stack-health/grafana.ts';
import { lokiIngestion, lokiRequestDuration, lokiRequests, lokiRetention } from './stack-health/loki.ts';
import { certificateExpiry, componentsUp, configReloads, probeDuration, probes } from './stack-health/overview.ts';
import { cpu, memory } from './stack-health/processes.ts';
// biome-ignore format: one list of panels
import {
  activeSeries, remoteWrite, ruleEvaluationFailures, ruleEvaluationTime, samplesIngested, samplesRejected, seriesByJob,
  storage, volumes,
} from './stack-health/prometheus.ts';
// biome-ignore format: one list of panels
import {
  proxyEventLoop, proxyFolded, proxyInFlight, proxyOutcomes, proxyPolls, proxyRecords,
} from './stack-health/proxy.ts';

/** What the dashboard of the stack itself shows, by its table of contents. */
export const stackHealthDefinition: DashboardDefinition = {
  uid: DASHBOARD_UIDS.stackHealth,
  title: 'Stack health',
  description:
    'Whether what watches the proxy works itself: Prometheus, Alertmanager, Loki, Alloy, Grafana and the probes, and the proxy’s own bookkeeping.',
  tags: ['stack-health'],
  datasources: [PROMETHEUS],
  choices: targetChoices([prometheus.up]),
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
      span(THIRD, ruleEvaluationFailures()),
      span(THIRD, ruleEvaluationTime()),
      span(THIRD, storage()),
      span(THIRD, volumes()),
      span(THIRD, remoteWrite()),
    ]),
    row('Alerting', [
      span(THIRD, notificationsToAlertmanager()),
      span(THIRD, notificationsSent()),
      span(THIRD, alertmanagerCluster()),
    ]),
    row('Loki', [
      span(QUARTER, lokiIngestion()),
      span(QUARTER, lokiRequests()),
      span(QUARTER, lokiRequestDuration()),
      span(QUARTER, lokiRetention()),
    ]),
    row('Alloy', [span(HALF, alloyLines()), span(HALF, alloyDelivery())]),
    row('Grafana', [span(HALF, grafanaRequests()), span(HALF, grafanaDatasources())]),
    row('The proxy’s own work', [
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
