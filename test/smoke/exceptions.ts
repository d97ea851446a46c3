import { ANTHROPIC_PROXY_PANELS, type PanelId, STACK_HEALTH_PANELS } from '#catalog';
import { REPLICAS } from '../../dashboards/preview/week/world.ts';
import { chosen, type PanelQuery } from './dashboard-queries.ts';

/** What dashboard variables stand for. */
export type VariableValues = Readonly<Record<string, string>>;

/** Queries of a panel that are an exception, and why. */
export interface Exception {
  readonly panel: PanelId;
  /** Which of its queries. @default - all */
  readonly refIds?: readonly string[];
  readonly because: string;
}

/** Whether a query is one of an exception. */
export const isOf = ({ dashboard, id, refId }: PanelQuery, { panel, refIds }: Exception): boolean =>
  panel.dashboard === dashboard && panel.id === id && (refIds?.includes(refId) ?? true);

/** Queries that need another choice than one value a variable. */
export interface OtherChoice extends Exception {
  readonly choice: VariableValues;
}

/** Queries that one value of each variable leaves empty. */
export const OTHER_CHOICES: readonly OtherChoice[] = [
  {
    panel: ANTHROPIC_PROXY_PANELS.projectedUtilization,
    choice: { instance: chosen(REPLICAS[0].name, 'account') },
    because: 'recorded series belong to an account and carry the instance `account`, which is picked beside the pod',
  },
  {
    panel: ANTHROPIC_PROXY_PANELS.extraUsage,
    refIds: ['B'],
    choice: { credential: chosen('team-data') },
    because: 'it shows the accounts without extra usage, and the first one has it',
  },
  {
    panel: ANTHROPIC_PROXY_PANELS.keyLimits,
    choice: { credential: chosen('ci-key') },
    because: 'only an API key has limits of its own, and the first one is a subscription',
  },
];

/** What a query needs besides one value of each variable; undefined where that is enough. */
export const choiceFor = (query: PanelQuery): OtherChoice | undefined => OTHER_CHOICES.find((one) => isOf(query, one));

const NO_GRAFANA = 'what stands in for Grafana has no figures';
const NO_ALLOY = 'what stands in for Alloy has no figures';
const NO_REMOTE = 'nothing is sent on';

const { grafanaRequests, grafanaDatasources, alloyLines, alloyDelivery, remoteWrite, remoteWriteErrors, ...PANELS } =
  STACK_HEALTH_PANELS;

/** What nothing that runs here can answer; the smoke test fails when one of them does. */
export const UNANSWERED: readonly Exception[] = [
  {
    panel: ANTHROPIC_PROXY_PANELS.extraUsage,
    refIds: ['B'],
    because: 'each account of the simulated upstream has extra usage',
  },
  { panel: grafanaRequests, because: NO_GRAFANA },
  { panel: grafanaDatasources, because: NO_GRAFANA },
  { panel: alloyLines, because: NO_ALLOY },
  { panel: alloyDelivery, because: NO_ALLOY },
  { panel: remoteWrite, because: NO_REMOTE },
  { panel: remoteWriteErrors, because: NO_REMOTE },
  { panel: PANELS.volumes, because: 'there are no kubelets, which know the volumes' },
  { panel: PANELS.certificateExpiry, because: 'the addresses that are probed are within the cluster, without TLS' },
  { panel: PANELS.seriesGrowth, because: 'Prometheus has its own figures for minutes, not for a day' },
  { panel: PANELS.alertmanagerCluster, refIds: ['B'], because: 'one Alertmanager is no cluster' },
  { panel: PANELS.lokiErrors, refIds: ['D'], because: 'a retention that fails counts from its first failure on' },
];

/** Whether a query has no answer here. */
export const isUnanswered = (query: PanelQuery): boolean => UNANSWERED.some((one) => isOf(query, one));

/** The alert that fires while all is well. */
export const WATCHDOG = 'Watchdog firing';

/** An alert that a healthy stack may bring here, and why. */
export interface AllowedAlert {
  readonly alertname: string;
  readonly because: string;
}

const IN_ONE_PROCESS =
  'proxies, upstreams, clients and this test share one process: when it is busy for a sixth of a second, that counts as ten';

/** What may wait to fire, but must not fire, while all is well. */
export const MAY_BE_PENDING: readonly AllowedAlert[] = [
  { alertname: 'AnthropicProxyFirstByteLatencyHigh', because: IN_ONE_PROCESS },
  { alertname: 'AnthropicProxyRequestLatencyHigh', because: IN_ONE_PROCESS },
  {
    alertname: 'RuleEvaluationsMissed',
    because: 'rules are evaluated every half second on a machine that does much else',
  },
  { alertname: 'RuleEvaluationSlow', because: 'an interval is half a second, of which a busy machine takes much' },
];

/** What may fire while all is well. */
const MAY_FIRE: readonly AllowedAlert[] = [
  {
    alertname: 'AnthropicProxyTokensUnpriced',
    because: 'the simulated people use the model without a price, and an hour is a minute here',
  },
];

/** Whether an alert's name and state are none that a healthy stack may have. */
export const isUnexpected = (seen: string): boolean =>
  seen !== WATCHDOG &&
  !MAY_BE_PENDING.some(({ alertname }) => seen === `${alertname} pending`) &&
  !MAY_FIRE.some(({ alertname }) => seen.startsWith(`${alertname} `));

const OF_GRAFANA = 'no Grafana runs here';
const OF_ALLOY = 'no Alloy runs here';
const OF_LIMITS = 'nothing here comes near a limit';
const OF_PROMETHEUS = 'it takes a defect of the database or the disk';
const OF_SENDING = 'it could not be notified: Alertmanager is what would be missing';
const ALONE = 'there is one Alertmanager';

/** Alerts that the acts do not bring, and why. */
export const NOT_PROVOKED: Readonly<Record<string, string>> = {
  Watchdog: 'it always fires',
  AllTargetsDown: 'the proxy, Prometheus and Alertmanager have to run for all that is tested besides',
  AlertmanagerConfigurationsDiffer: ALONE,
  AlertmanagerMembersMissing: ALONE,
  GrafanaQueriesFailing: OF_GRAFANA,
  AlloyDropsLines: OF_ALLOY,
  AlloyDeliveryFailing: OF_ALLOY,
  AnthropicProxyLabelsFolded: 'the model without a price is rare',
  AnthropicProxyAccountsUntracked: 'a hundred accounts are more than the simulated ones',
  AnthropicProxyKeyLimitNear: 'the simulated pool has subscriptions, which have windows instead',
  AnthropicProxyTokensUnpriced: 'the model without a price is rare',
  ProbeMissing: 'ComponentDown of the exporter would suppress it',
  ProbeSlow: 'a probe has half a second here',
  CertificateExpiring: 'no address with TLS is probed',
  CertificateExpiresSoon: 'no address with TLS is probed',
  PrometheusIngestsNothing: 'what it stores about itself alone is more',
  PrometheusSamplesRejected: 'each target has labels of its own',
  ScrapeLimitsExceeded: OF_LIMITS,
  SeriesLimitNear: OF_LIMITS,
  SeriesGrowing: 'its day is no part of what runs',
  LokiRequestsFailing: 'Loki fails as a whole or not at all',
  LokiPanicked: 'it takes a defect of Loki',
  LokiDiskFull: 'it takes a full disk',
  LokiFlushFailing: 'it takes a full disk',
  LokiRetentionStalled: 'six hours are a number in the expression, which no divided time passes',
  PrometheusNotificationsFailing: OF_SENDING,
  PrometheusNotificationsLost: OF_SENDING,
  PrometheusNotificationQueueFilling: OF_SENDING,
  PrometheusFindsNoAlertmanager: OF_SENDING,
  RemoteWriteBehind: NO_REMOTE,
  RemoteWriteFailing: NO_REMOTE,
  RuleEvaluationFailing: 'the generated rules do not fail',
  RuleEvaluationsMissed: 'it takes rules that are slower than their interval',
  RuleEvaluationSlow: 'it takes rules that are slower than their interval',
  PrometheusHistoryShortening: 'two days are a number in the expression',
  PrometheusDatabaseFailing: OF_PROMETHEUS,
  VolumeFillingUp: 'there are no kubelets',
  VolumeNearlyFull: 'there are no kubelets',
};
