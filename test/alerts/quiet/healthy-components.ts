import { alertmanager, alloy, blackbox, grafana, KUBELET_JOB, kubelet, loki, PROBE_JOB, prometheus } from '#catalog';
import { constant, growing, type InputSeries, inOrder, series } from '../../support/promtool.ts';
import { again, pulses } from '../cases/stack/stories.ts';

const MINUTES = 2_000;
const GIB = 1_073_741_824;
const DAY = 86_400;

const always = (value: number): string => constant(value, MINUTES);
const grow = (step: number, from = 0): string => growing(step, { from, samples: MINUTES });

/** One event in a day, as the restart of another component causes it. */
const once = (size = 1): string => inOrder(constant(0, 299), constant(size, MINUTES));

const ZERO = [
  prometheus.samplesOutOfBounds,
  prometheus.samplesDuplicate,
  prometheus.scrapesBeyondSampleLimit,
  prometheus.scrapesBeyondBodyLimit,
  prometheus.poolsBeyondTargetLimit,
  prometheus.compactionFailures,
  prometheus.reloadFailures,
  prometheus.walCorruptions,
  prometheus.walWriteFailures,
];

/** A Prometheus that has stored for ten days of thirty and may have 18 GiB. */
export const healthyPrometheus = (instance: string, alertmanagers: number): readonly InputSeries[] => {
  const labels = { job: 'prometheus', instance };
  const groups = ['latency', 'targets'].map((name) => ({ ...labels, rule_group: `/rules/${name}.yaml;${name}` }));
  const alertmanagerLabels = Array.from({ length: alertmanagers }, (_, index) => ({
    ...labels,
    alertmanager: `http://am-${index}`,
  }));
  return [
    ...ZERO.map((metric) => series(metric, labels, always(0))),
    series(prometheus.configReloadSuccessful, labels, always(1)),
    series(prometheus.samplesOutOfOrder, labels, once(3)),
    series(prometheus.samplesAppended, { ...labels, type: 'float' }, grow(20_000)),
    series(prometheus.samplesAppended, { ...labels, type: 'histogram' }, always(0)),
    // Old series leave memory every two hours.
    series(prometheus.headSeries, labels, again('30000+50x119', 17)),
    series(prometheus.blocksSize, labels, grow(300_000, 4 * GIB)),
    series(prometheus.walSize, labels, again('100000000+1000000x119', 17)),
    series(prometheus.oldestSample, labels, always(-10 * DAY)),
    series(prometheus.timeLimit, labels, always(30 * DAY)),
    series(prometheus.sizeLimit, labels, always(18 * GIB)),
    series(prometheus.alertmanagersFound, labels, always(alertmanagers)),
    series(prometheus.notificationQueueCapacity, labels, always(10_000)),
    ...groups.flatMap((group) => [
      series(prometheus.ruleFailures, group, always(0)),
      series(prometheus.ruleGroupMissed, group, once()),
      series(prometheus.ruleGroupDuration, group, again('0.01 0.02 2.5 0.01', MINUTES / 4)),
      series(prometheus.ruleGroupInterval, group, always(30)),
    ]),
    ...alertmanagerLabels.flatMap((one) => [
      series(prometheus.notificationsDropped, one, once(4)),
      series(prometheus.notificationQueue, one, again('0 3 0', MINUTES / 3)),
    ]),
  ];
};

/** An Alertmanager, in a cluster or alone, that forwards the Watchdog every minute. */
export const healthyAlertmanager = (instance: string, members: number | null): readonly InputSeries[] => {
  const labels = { job: 'alertmanager', instance };
  return [
    series(alertmanager.configReloadSuccessful, labels, always(1)),
    series(alertmanager.configHash, labels, always(123_456_789)),
    series(alertmanager.notifications, { ...labels, integration: 'webhook' }, grow(1)),
    series(alertmanager.notificationsFailed, { ...labels, integration: 'webhook', reason: 'serverError' }, pulses(200)),
    series(alertmanager.notifications, { ...labels, integration: 'email' }, pulses(1_440)),
    series(alertmanager.notificationsFailed, { ...labels, integration: 'email', reason: 'other' }, always(0)),
    ...(members === null ? [] : [series(alertmanager.clusterMembers, labels, always(members))]),
  ];
};

const request = (labels: { job: string; instance: string }, status_code: string, values: string): InputSeries => {
  const route = { method: 'POST', route: 'loki_api_v1_push', ws: 'false', status_code };
  const { series: name } = series(loki.requestDuration, { ...labels, ...route }, values);
  return { series: name.replace(loki.requestDuration.name, `${loki.requestDuration.name}_count`), values };
};

/** Loki, of which the first applies the retention, and the collectors before it. */
export const healthyLogs = (
  lokis: readonly string[],
  alloys: readonly string[],
  busy: boolean,
): readonly InputSeries[] => [
  ...lokis.flatMap((instance, index) => {
    const labels = { job: 'loki', instance };
    const stream = { tenant: 'fake', format: 'loki', policy: '', is_internal_stream: 'false' };
    return [
      ...(busy ? [series(loki.linesReceived, { ...labels, ...stream }, grow(90))] : []),
      request(labels, '204', grow(busy ? 60 : 0)),
      request(labels, '500', busy ? pulses(200, 5) : always(0)),
      series(loki.panics, labels, always(0)),
      series(loki.walDiskFull, labels, always(0)),
      series(loki.flushFailures, labels, once(2)),
      // It has not run in the first ten minutes, and does so every ten minutes from then on.
      series(loki.retentionLastSuccess, labels, index === 0 ? inOrder('0x9', '600+60x1990') : always(0)),
    ];
  }),
  ...alloys.flatMap((instance) => {
    const labels = { job: 'alloy', instance };
    const to = { ...labels, component_path: '/', component_id: 'loki.write.default', host: 'loki:3100', tenant: '' };
    return [
      series(alloy.configLoadSuccessful, labels, always(1)),
      series(alloy.linesDropped, { ...to, reason: 'ingester_error' }, always(0)),
      series(alloy.batchRetries, to, once(5)),
    ];
  }),
];

/** A Grafana whose users write a wrong query now and then. */
export const healthyGrafana = (instance: string, busy: boolean): readonly InputSeries[] => {
  const query = (status: 'ok' | 'error', values: string) =>
    series(
      grafana.pluginRequests,
      {
        job: 'grafana',
        instance,
        plugin_id: 'prometheus',
        endpoint: 'queryData',
        status,
        target: 'none',
        status_source: 'plugin',
      },
      values,
    );
  return busy ? [query('ok', grow(20)), query('error', grow(1))] : [];
};

/** An address that answers, but for one probe that was lost. */
export const healthyProbe = (url: string, secure: boolean): readonly InputSeries[] => {
  const labels = { job: PROBE_JOB, instance: url };
  return [
    series(blackbox.success, labels, inOrder(constant(1, 399), constant(0, 0), constant(1, MINUTES))),
    series(blackbox.duration, labels, inOrder(constant(0.02, 399), constant(5, 0), constant(0.02, MINUTES))),
    ...(secure ? [series(blackbox.certificateExpiry, labels, always(60 * DAY))] : []),
  ];
};

const SIZE = 20 * GIB;

/** A volume that fills up by day and is emptied in part every two hours, as a database's is. */
export const healthyVolume = (persistentvolumeclaim: string): readonly InputSeries[] => {
  const labels = { job: KUBELET_JOB, instance: 'node-1', namespace: 'tidewatch', persistentvolumeclaim };
  return [
    series(kubelet.volumeCapacity, labels, always(SIZE)),
    series(kubelet.volumeAvailable, labels, again(`${0.3 * SIZE}-4000000x119`, 17)),
  ];
};
