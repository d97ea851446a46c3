import { type Counter, STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
// biome-ignore format: one list of operators
import {
  add, div, mul, offset, or, RATE_INTERVAL, rate, sub, sumBy, type Vector, value, withLabel,
} from '#promql';
// biome-ignore format: one list of house words
import {
  COLORS, PERCENT, perMinute, perSecond, query, timeseries, toPanel, unitOf,
} from '../house/index.ts';
import { eventsPerMinute } from './rates.ts';

/** Whether samples come in. */
export const samplesIngested = () =>
  timeseries({
    panel: PANELS.samplesIngested,
    title: 'Samples stored',
    description:
      'Samples that Prometheus stores a minute, by pod. Normal: a straight line that moves when pods come and go. At 0 while it ' +
      'runs: its disk is full or its write-ahead log is broken; its log says so. A jump upward: a target exports many more ' +
      'series than before, see "Samples a scrape".',
    unit: perMinute(prometheus.samplesAppended),
    queries: [query(sumBy(['instance'], eventsPerMinute(prometheus.samplesAppended)), '{{instance}}')],
    links: [toPanel('What is refused', PANELS.samplesRejected)],
  });

type Plain = Counter<Readonly<Record<never, string>>>;

const SAMPLES: readonly [Plain, ...Plain[]] = [
  prometheus.samplesOutOfOrder,
  prometheus.samplesOutOfBounds,
  prometheus.samplesDuplicate,
];

const SCRAPES: readonly [Plain, ...Plain[]] = [
  prometheus.scrapesBeyondSampleLimit,
  prometheus.scrapesBeyondBodyLimit,
  prometheus.poolsBeyondTargetLimit,
];

const together = ([first, ...others]: readonly [Plain, ...Plain[]]): Vector<'job' | 'instance'> =>
  others.reduce((sum, one) => add(sum, eventsPerMinute(one)), eventsPerMinute(first));

const named = (metric: Plain, why: string): Vector<'job' | 'instance' | 'why'> =>
  withLabel<'job' | 'instance', 'why', 'instance'>(eventsPerMinute(metric), 'why', why);

/** What Prometheus refuses. */
export const samplesRejected = () =>
  timeseries({
    panel: PANELS.samplesRejected,
    title: 'Samples refused',
    description:
      'What Prometheus refused to store, a minute: single samples and whole scrapes, and the same by why. Normal: 0. Out of ' +
      'order or twice at one time: two targets export the same series, or a pod’s clock is off. Beyond a limit: the whole scrape ' +
      'is thrown away and its target counts as down; a label of it has got too many values, see "Samples a scrape".',
    unit: perMinute(prometheus.samplesOutOfOrder),
    legend: 'beside',
    queries: [
      query(sumBy([], together(SAMPLES)), 'samples'),
      query(sumBy([], together(SCRAPES)), 'scrapes'),
      query(
        sumBy(
          ['why'],
          [
            named(prometheus.samplesOutOfBounds, 'out of bounds'),
            named(prometheus.samplesDuplicate, 'twice at one time'),
            named(prometheus.scrapesBeyondSampleLimit, 'beyond the sample limit'),
            named(prometheus.scrapesBeyondBodyLimit, 'beyond the size limit'),
            named(prometheus.poolsBeyondTargetLimit, 'beyond the target limit'),
          ].reduce((all, one) => or(all, one), named(prometheus.samplesOutOfOrder, 'out of order')),
        ),
        'of them {{why}}',
      ),
    ],
    links: [toPanel('What is stored', PANELS.samplesIngested)],
  });

/** How many series Prometheus holds in memory. */
export const activeSeries = () =>
  timeseries({
    panel: PANELS.activeSeries,
    title: 'Active series',
    description:
      'Series of the last hours, which Prometheus holds in memory, by pod, and on the right how many appear a second. Normal: a ' +
      'level line with a fall every two hours. It climbs for good: some label takes ever new values, and memory climbs with it ' +
      'until the pod is killed; "Samples a scrape" tells whose. New series without an end, at a level line, are pods that ' +
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
    links: [toPanel('By target', PANELS.seriesByJob), toPanel('Against the day before', PANELS.seriesGrowth)],
  });

/** How much the series in memory have grown. */
export const seriesGrowth = () =>
  timeseries({
    panel: PANELS.seriesGrowth,
    title: 'Growth of series in a day',
    description:
      'How many more series Prometheus holds in memory than at the same time of the day before, in percent and by pod. Normal: ' +
      'around 0, more for a day after components were added. It stays above 50 for hours: a label takes ever new values; memory ' +
      'will be used up in days. "Samples a scrape" tells whose it is.',
    unit: PERCENT,
    queries: [
      query(
        mul(100, sub(div(value(prometheus.headSeries), offset(value(prometheus.headSeries), '1d')), 1)),
        '{{instance}}',
      ),
    ],
    links: [toPanel('By target', PANELS.seriesByJob)],
    noValue: 'Known when Prometheus has run for a day',
  });

/** Whose the series are. */
export const seriesByJob = () =>
  timeseries({
    panel: PANELS.seriesByJob,
    title: 'Samples a scrape',
    description:
      'Samples of the last scrape of each target, which is the number of its live series. Normal: level lines, the same for all ' +
      'pods of a component. One that grows step by step has a label with too many values: in Prometheus under Status, TSDB status ' +
      'stands which. Those of the proxy are bounded: "Label values folded" shows what its caps took. At the limit a scrape is ' +
      'refused as a whole, and the target looks down.',
    unit: unitOf(prometheus.scrapedSamples),
    decimals: 0,
    legend: 'beside',
    queries: [query(value(prometheus.scrapedSamples), '{{job}} {{instance}}')],
    links: [toPanel('All series', PANELS.activeSeries)],
  });
