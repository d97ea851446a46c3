import { type Counter, prometheus } from '#catalog';
import { add, div, mul, offset, rate, sub, sumBy, type Vector, value, type Window } from '#promql';
import { EVENT_RANGE, eventsPerMinute, perMinute } from '../rates.ts';
import { signal } from '../signal.ts';

type PlainCounter = Counter<Readonly<Record<never, string>>>;

/** Events of several kinds per minute, by target. */
const together = (
  [first, ...others]: readonly [PlainCounter, ...PlainCounter[]],
  window: Window,
): Vector<'job' | 'instance'> =>
  others.reduce((sum, one) => add(sum, eventsPerMinute(one, window)), eventsPerMinute(first, window));

/** Samples that Prometheus ingests per minute. */
export const samplesIngested = signal({
  id: 'prometheus/samples-ingested',
  measure: (window) => perMinute(sumBy(['job', 'instance'], rate(prometheus.samplesAppended, window))),
  unit: 'perMinute',
  legend: '{{instance}}',
  bad: 'below',
  range: EVENT_RANGE,
});

/** Samples that Prometheus rejects per minute. */
export const samplesRejected = signal({
  id: 'prometheus/samples-rejected',
  measure: (window) =>
    together([prometheus.samplesOutOfOrder, prometheus.samplesOutOfBounds, prometheus.samplesDuplicate], window),
  unit: 'perMinute',
  legend: 'samples {{instance}}',
  range: EVENT_RANGE,
});

/** Scrapes that Prometheus rejects per minute because they exceed a limit. */
export const scrapesRejected = signal({
  id: 'prometheus/scrapes-rejected',
  measure: (window) =>
    together(
      [prometheus.scrapesBeyondSampleLimit, prometheus.scrapesBeyondBodyLimit, prometheus.poolsBeyondTargetLimit],
      window,
    ),
  unit: 'perMinute',
  legend: 'scrapes {{instance}}',
  range: EVENT_RANGE,
});

/** Samples that the last scrape of each target returned. */
export const samplesPerScrape = signal({
  id: 'prometheus/samples-per-scrape',
  measure: () => value(prometheus.scrapedSamples),
  unit: 'count',
  legend: '{{job}} {{instance}}',
});

/** Growth of the series in memory against the same time of the day before, in percent. */
export const seriesGrowth = signal({
  id: 'prometheus/series-growth',
  measure: () => mul(sub(div(value(prometheus.headSeries), offset(value(prometheus.headSeries), '1d')), 1), 100),
  unit: 'percent',
  legend: '{{instance}}',
});
