import { type Counter, STACK_HEALTH_PANELS as PANELS, prometheus, proxy, SAMPLE_LIMIT } from '#catalog';
// biome-ignore format: one list of functions
import {
  add, and, div, gt, increase, lt, mul, offset, rate, sub, sumBy, type Vector, value,
} from '#promql';
import { alert, group, EVENT_RANGE, EVENT_WAIT, eventsPerMinute, perMinute } from '../house/index.ts';

type Plain = Counter<Readonly<Record<never, string>>>;

/** Events of several kinds a minute, per target. */
const all = (first: Plain, ...others: readonly Plain[]): Vector<'job' | 'instance'> =>
  others.reduce((sum, one) => add(sum, eventsPerMinute(one)), eventsPerMinute(first));

/** So many series come and go with a rollout; only beyond them growth costs anything. */
const FEW_SERIES = 20_000;

/** Growth of the series in memory against the same hour of the day before, in percent. */
const growth = (): Vector<'job' | 'instance'> =>
  mul(sub(div(value(prometheus.headSeries), offset(value(prometheus.headSeries), '1d')), 1), 100);

/** What Prometheus takes in, and what it refuses. */
export const ingestion = group('ingestion', [
  alert({
    name: 'PrometheusIngestsNothing',
    severity: 'ticket',
    wait: '10m',
    threshold: {
      value: 60,
      unit: 'perMinute',
      fires: 'below',
      because: 'the scrape of a single target brings more than that',
    },
    panel: PANELS.samplesIngested,
    expr: (threshold) =>
      lt(perMinute(sumBy(['job', 'instance'], rate(prometheus.samplesAppended, EVENT_RANGE))), threshold),
    summary: ({ instance }) => `${instance} stores no samples.`,
    description: ({ instance, value }) =>
      `${instance} stores ${value.fixed(0)} samples a minute: whatever it knows is old, and none of its alerts can fire.`,
    action: 'Look at its targets, its log and the space on its volume.',
  }),
  alert({
    name: 'PrometheusSamplesRejected',
    severity: 'ticket',
    wait: EVENT_WAIT,
    threshold: {
      value: 1,
      unit: 'perMinute',
      because: 'a clock that is set back costs a few; two sources of one series go on',
    },
    panel: PANELS.samplesRejected,
    series: 'samples',
    expr: (threshold) =>
      gt(all(prometheus.samplesOutOfOrder, prometheus.samplesOutOfBounds, prometheus.samplesDuplicate), threshold),
    summary: ({ instance, value }) => `${instance} refuses ${value.fixed(0)} samples a minute.`,
    description: () => 'Samples come twice, out of order or from another time, and are not stored.',
    action: 'The log names the target; two targets with the same labels or a wrong clock are the usual causes.',
  }),
  alert({
    name: 'ScrapeLimitsExceeded',
    severity: 'ticket',
    wait: EVENT_WAIT,
    threshold: {
      value: 0,
      unit: 'perMinute',
      because: 'what exceeds a limit is refused as a whole: its target looks down',
    },
    panel: PANELS.samplesRejected,
    series: 'scrapes',
    expr: (threshold) =>
      gt(
        all(prometheus.scrapesBeyondSampleLimit, prometheus.scrapesBeyondBodyLimit, prometheus.poolsBeyondTargetLimit),
        threshold,
      ),
    summary: ({ instance }) => `${instance} refuses scrapes because they exceed a limit.`,
    description: ({ value }) =>
      `${value.fixed(1)} scrapes a minute bring more samples, bytes or targets than they may.`,
    action:
      'Find the target among those that are down, and what made its series grow; raise the limit if they are wanted.',
  }),
  alert({
    name: 'SeriesLimitNear',
    severity: 'ticket',
    wait: '15m',
    threshold: {
      value: 0.75 * SAMPLE_LIMIT,
      unit: 'count',
      because: 'beyond its limit a scrape is refused as a whole; a quarter is left to find out why it grows',
    },
    panel: PANELS.seriesByJob,
    expr: (threshold) => gt(value(prometheus.scrapedSamples), threshold),
    links: ['job'],
    summary: ({ job, instance, value }) => `A scrape of ${instance} of ${job} brings ${value.humanize} samples.`,
    description: ({ threshold }) => `More than ${threshold} samples a scrape come near the limit.`,
    action: 'See which metric of the target has the most series, and which of its labels grows.',
  }),
  alert({
    name: 'SeriesGrowing',
    severity: 'ticket',
    wait: '1h',
    threshold: { value: 50, unit: 'percent', because: 'traffic and rollouts change the number by less within a day' },
    panel: PANELS.seriesGrowth,
    expr: (threshold) => and(gt(growth(), threshold), gt(value(prometheus.headSeries), FEW_SERIES)),
    summary: ({ instance, value }) => `${instance} holds ${value.fixed(0)} % more series than a day ago.`,
    description: ({ threshold }) => `Growth of more than ${threshold} % a day fills the memory in days.`,
    action: 'See which job brings new series and which label grows; drop or cap it before memory runs out.',
  }),
  alert({
    name: 'AnthropicProxyLabelsFolded',
    severity: 'ticket',
    wait: '15m',
    threshold: {
      value: 10,
      unit: 'perHour',
      because: 'a rare oddity may be folded; what goes on is a name that the catalog lacks or a cap that is too low',
    },
    panel: PANELS.proxyFolded,
    series: '{label}',
    expr: (threshold) => gt(sumBy(['job', 'label'], increase(proxy.labelsFolded, '1h')), threshold),
    links: ['job'],
    summary: ({ job, label, value }) => `${job} folded ${value.fixed(0)} values of ${label} in an hour.`,
    description: ({ label, threshold }) =>
      `More than ${threshold} times an hour a value of ${label} has no series of its own, so figures by ${label} are incomplete.`,
    action:
      'The log has the values. A new model needs a price; more credentials or windows than the cap need a larger one.',
  }),
]);
