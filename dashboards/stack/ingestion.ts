import { type Counter, STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
import { or, RATE_INTERVAL, rate, sumBy, type Vector, value, withLabel } from '#promql';
import { rates, stackSignals } from '#signals';
import { COLORS, draw, PERCENT, perMinute, perSecond, query, timeseries, toPanel, unitOf } from '../house/index.ts';

/** Whether samples come in. */
export const samplesIngested = () =>
  timeseries({
    panel: PANELS.samplesIngested,
    title: 'Samples ingested',
    description:
      'Samples that Prometheus ingests per minute, by pod. Normal: a level line that moves when pods come and go. At 0 while it ' +
      'is up: its disk is full or its write-ahead log is broken; its log says so. A jump upward: a target exports many more ' +
      'series than before, see "Samples per scrape".',
    unit: perMinute(prometheus.samplesAppended),
    queries: [draw(stackSignals.samplesIngested)],
    links: [toPanel('What is rejected', PANELS.samplesRejected)],
  });

const because = (metric: Counter<Readonly<Record<never, string>>>, reason: string) =>
  withLabel<'job' | 'instance', 'reason', 'instance'>(rates.eventsPerMinute(metric, RATE_INTERVAL), 'reason', reason);

const rejections = (): Vector<'reason'> =>
  sumBy(
    ['reason'],
    [
      because(prometheus.samplesOutOfBounds, 'out of bounds'),
      because(prometheus.samplesDuplicate, 'duplicate timestamp'),
      because(prometheus.scrapesBeyondSampleLimit, 'sample limit'),
      because(prometheus.scrapesBeyondBodyLimit, 'body size limit'),
      because(prometheus.poolsBeyondTargetLimit, 'target limit'),
    ].reduce((all, one) => or(all, one), because(prometheus.samplesOutOfOrder, 'out of order')),
  );

/** What Prometheus rejects. */
export const samplesRejected = () =>
  timeseries({
    panel: PANELS.samplesRejected,
    title: 'Samples rejected',
    description:
      'What Prometheus rejected per minute: single samples and whole scrapes, and both by reason. Normal: 0. Out of order or ' +
      'duplicate: two targets export the same series, or a pod’s clock is wrong. Beyond a limit: the whole scrape is discarded and ' +
      'its target counts as down; one of its labels has too many values, see "Samples per scrape".',
    unit: perMinute(prometheus.samplesOutOfOrder),
    legend: 'beside',
    queries: [
      draw(stackSignals.samplesRejected),
      draw(stackSignals.scrapesRejected),
      query(rejections(), 'reason: {{reason}}'),
    ],
    links: [toPanel('What is ingested', PANELS.samplesIngested)],
  });

/** How many series Prometheus holds in memory. */
export const activeSeries = () =>
  timeseries({
    panel: PANELS.activeSeries,
    title: 'Active series',
    description:
      'Series of the last hours, which Prometheus holds in memory, by pod, and on the right how many new ones appear per second. ' +
      'Normal: a level line that drops every two hours. It keeps climbing: some label takes ever new values, and memory climbs with ' +
      'it until the pod is killed; "Samples per scrape" shows whose. A steady flow of new series at a level line comes from pods ' +
      'that are replaced all the time.',
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
    title: 'Series growth per day',
    description:
      'How many more series Prometheus holds in memory than at the same time the day before, in percent and by pod. Normal: ' +
      'around 0, more for a day after components were added. It stays above 50 for hours: a label takes ever new values, and ' +
      'memory will run out within days. "Samples per scrape" shows whose it is.',
    unit: PERCENT,
    queries: [draw(stackSignals.seriesGrowth)],
    links: [toPanel('By target', PANELS.seriesByJob)],
    noValue: 'Known once Prometheus has run for a day',
  });

/** Which targets the series come from. */
export const seriesByJob = () =>
  timeseries({
    panel: PANELS.seriesByJob,
    title: 'Samples per scrape',
    description:
      'Samples in the last scrape of each target, which is the number of its live series. Normal: level lines, the same for all ' +
      'pods of a component. One that grows step by step has a label with too many values: Prometheus shows which under Status, ' +
      'TSDB status. Those of the proxy are bounded: "Label values folded" shows what its caps folded. Beyond the limit a scrape ' +
      'is rejected as a whole, and the target looks down.',
    unit: unitOf(prometheus.scrapedSamples),
    decimals: 0,
    legend: 'beside',
    queries: [draw(stackSignals.samplesPerScrape)],
    links: [toPanel('All series', PANELS.activeSeries)],
  });
