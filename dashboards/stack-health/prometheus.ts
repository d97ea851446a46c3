import { kubelet, STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
// biome-ignore format: one list of operators
import {
  add, div, gt, labelReplace, mul, RATE_INTERVAL, rate, sub, sumBy, type Vector, value,
} from '#promql';
// biome-ignore format: one list of house words
import {
  COLORS, PERCENT, perMinute, perSecond, query, SECONDS, timeseries, toPanel, unitOf,
} from '../house/index.ts';

const MINUTE = 60;

/** Groups of rules by their names alone; Prometheus puts the path of the file before them. */
const byName = (groups: Vector<'rule_group'>): Vector<'rule_group'> =>
  labelReplace(groups, { target: 'rule_group', replacement: '$1', source: 'rule_group', regex: '.*;(.*)' });

const perMinuteOf = <L extends string>(rates: Vector<L>): Vector<L> => mul(rates, MINUTE);

/** Which rules fail. */
export const ruleEvaluationFailures = () =>
  timeseries({
    panel: PANELS.ruleEvaluationFailures,
    title: 'Rules that fail',
    description:
      'Evaluations of rules that failed, and evaluations of whole groups that were left out, a minute and by group. Normal: 0. ' +
      'A rule that fails records nothing and fires nothing, so an alert of it is silent: Prometheus says under Status, Rule health ' +
      'which one and why; mostly its series have labels twice. A group is left out when the run before takes too long: see ' +
      '"Time of rule groups".',
    unit: perMinute(prometheus.ruleFailures),
    queries: [
      query(byName(perMinuteOf(sumBy(['rule_group'], rate(prometheus.ruleFailures, RATE_INTERVAL)))), '{{rule_group}}'),
      query(
        byName(perMinuteOf(sumBy(['rule_group'], rate(prometheus.ruleGroupMissed, RATE_INTERVAL)))),
        'left out: {{rule_group}}',
      ),
    ],
    links: [toPanel('Time of rule groups', PANELS.ruleEvaluationTime)],
    noValue: 'No rules',
  });

/** Whether the rules are evaluated in time. */
export const ruleEvaluationTime = () =>
  timeseries({
    panel: PANELS.ruleEvaluationTime,
    title: 'Time of rule groups',
    description:
      'How much of its interval the last evaluation of a group of rules took, in percent. Normal: below 10. At 100 runs are left ' +
      'out, alerts come late and recorded series get gaps. All groups at once: Prometheus lacks CPU or memory, see "CPU". One ' +
      'alone: one of its rules reads too many series; record a part of it, or give the group a longer interval.',
    unit: PERCENT,
    queries: [
      query(
        mul(100, div(value(prometheus.ruleGroupDuration), value(prometheus.ruleGroupInterval))),
        '{{rule_group}} {{instance}}',
      ),
    ],
    links: [toPanel('Rules that fail', PANELS.ruleEvaluationFailures)],
    noValue: 'No rules',
  });

/** Whether samples come in. */
export const samplesIngested = () =>
  timeseries({
    panel: PANELS.samplesIngested,
    title: 'Samples stored',
    description:
      'Samples that Prometheus stores a second, by pod. Normal: a straight line that moves when pods come and go. At 0 while it ' +
      'runs: its disk is full or its write-ahead log is broken; its log says so. A jump upward: a target exports many more ' +
      'series than before, see "Series by component".',
    unit: perSecond(prometheus.samplesAppended),
    queries: [query(sumBy(['instance'], rate(prometheus.samplesAppended, RATE_INTERVAL)), '{{instance}}')],
    links: [toPanel('What is refused', PANELS.samplesRejected)],
  });

const REFUSALS = [
  [prometheus.samplesOutOfOrder, 'samples out of order'],
  [prometheus.samplesOutOfBounds, 'samples out of bounds'],
  [prometheus.samplesDuplicate, 'samples twice at one time'],
  [prometheus.scrapesBeyondSampleLimit, 'scrapes beyond the sample limit'],
  [prometheus.scrapesBeyondBodyLimit, 'scrapes beyond the size limit'],
  [prometheus.poolsBeyondTargetLimit, 'jobs beyond the target limit'],
] as const;

const refusal = ([metric, name]: (typeof REFUSALS)[number]) =>
  query(perMinuteOf(sumBy([], rate(metric, RATE_INTERVAL))), name);

/** What Prometheus refuses. */
export const samplesRejected = () => {
  const [first, ...more] = REFUSALS;
  return timeseries({
    panel: PANELS.samplesRejected,
    title: 'Samples refused',
    description:
      'What Prometheus refused to store, a minute, by why. Normal: 0. Out of order or twice at one time: two targets export the ' +
      'same series, or a pod’s clock is off. Beyond the sample limit: the whole scrape is thrown away and its target counts as ' +
      'down; a label of it has got too many values, see "Series by component".',
    unit: perMinute(prometheus.samplesOutOfOrder),
    queries: [refusal(first), ...more.map(refusal)],
    links: [toPanel('What is stored', PANELS.samplesIngested)],
  });
};

/** How many series Prometheus holds in memory. */
export const activeSeries = () =>
  timeseries({
    panel: PANELS.activeSeries,
    title: 'Active series',
    description:
      'Series of the last hours, which Prometheus holds in memory, by pod, and on the right how many appear a second. Normal: a ' +
      'level line with a fall every two hours. It climbs for good: some label takes ever new values, and memory climbs with it ' +
      'until the pod is killed; "Series by component" tells whose. New series without an end, at a level line, are pods that ' +
      'are replaced all the time.',
    unit: unitOf(prometheus.headSeries),
    decimals: 0,
    queries: [
      query(value(prometheus.headSeries), '{{instance}}'),
      query(sumBy([], rate(prometheus.headSeriesCreated, RATE_INTERVAL)), 'new', {
        unit: perSecond(prometheus.headSeriesCreated),
        color: COLORS.neutral,
      }),
    ],
    links: [toPanel('By component', PANELS.seriesByJob)],
  });

/** Whose the series are. */
export const seriesByJob = () =>
  timeseries({
    panel: PANELS.seriesByJob,
    title: 'Series by component',
    description:
      'Samples of the last scrape of each component, which is the number of its live series, stacked. Normal: level lines. ' +
      'A component that grows step by step has a label with too many values: in Prometheus under Status, TSDB status stands ' +
      'which. That of the proxy is bounded; see "Label values folded" for what its caps took.',
    unit: unitOf(prometheus.scrapedSamples),
    decimals: 0,
    draws: 'stacked bars',
    legend: 'beside',
    queries: [query(sumBy(['job'], value(prometheus.scrapedSamples)), '{{job}}')],
    links: [toPanel('All of them', PANELS.activeSeries)],
  });

/** How much Prometheus has stored. */
export const storage = () =>
  timeseries({
    panel: PANELS.storage,
    title: 'Storage of Prometheus',
    description:
      'What the stored blocks and the write-ahead log take, by pod, and the size from which on the oldest blocks go. Normal: it ' +
      'climbs until the first samples reach their age limit, then it stays. At the size limit old samples go before their time: ' +
      'the history is shorter than configured. Give it a larger volume and limit, or fewer series.',
    unit: unitOf(prometheus.blocksSize),
    queries: [
      query(add(value(prometheus.blocksSize), value(prometheus.walSize)), '{{instance}}'),
      query(gt(value(prometheus.sizeLimit), 0), 'limit {{instance}}', { color: COLORS.neutral }),
    ],
    links: [toPanel('Volumes', PANELS.volumes)],
  });

/** How full the volumes are. */
export const volumes = () =>
  timeseries({
    panel: PANELS.volumes,
    title: 'Volumes',
    description:
      'How full each volume of the stack is, in percent of its size. Normal: Prometheus and Loki level off below 80, the ' +
      'others hardly move. At 100 its program can write no more: Prometheus and Loki lose what comes in. Enlarge the claim ' +
      'where its storage class allows that, or shorten the retention.',
    unit: PERCENT,
    softMax: 100,
    queries: [
      query(
        mul(
          100,
          div(sub(value(kubelet.volumeCapacity), value(kubelet.volumeAvailable)), value(kubelet.volumeCapacity)),
        ),
        '{{persistentvolumeclaim}}',
      ),
    ],
    links: [toPanel('Storage of Prometheus', PANELS.storage)],
    noValue: 'Unknown: the configuration does not let Prometheus ask the kubelets, or the storage class does not tell',
  });

/** Whether remote_write keeps up. */
export const remoteWrite = () =>
  timeseries({
    panel: PANELS.remoteWrite,
    title: 'Delay of remote_write',
    description:
      'How far what each target of remote_write has got is behind what Prometheus has stored, and on the right the samples that ' +
      'it refused for good, a second. Normal: some seconds, and none refused. It grows: the target is away or too slow; after two ' +
      'hours the write-ahead log ends and samples are lost. Refused: the target’s own log says why, mostly a limit of its.',
    unit: SECONDS,
    queries: [
      query(sub(value(prometheus.remoteNewest), value(prometheus.remoteNewestSent)), '{{remote_name}} {{instance}}'),
      query(sumBy(['remote_name'], rate(prometheus.remoteFailed, RATE_INTERVAL)), 'refused by {{remote_name}}', {
        unit: perSecond(prometheus.remoteFailed),
        color: COLORS.page,
      }),
    ],
    noValue: 'No remote_write is configured',
  });
