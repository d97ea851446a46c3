import type { proxy } from '#catalog';
import { type AlertCase, type InputSeries, minutes, observations } from '../../support/promtool.ts';
import { type Figures, firesAfter, staysSilent } from './alert-cases.ts';
import { BY_THREE_QUARTERS, CLOSE, EXACT, exactStep, FLOOR, PASSED, turning } from './edges.ts';
import { A_TRICKLE } from './traffic.ts';

type TimedMetric = typeof proxy.requestDuration | typeof proxy.timeToFirstByte;
interface Words {
  readonly summary: string;
  readonly description: string;
}

const job = 'anthropic-proxy';

/** The stories of a percentile of streams: the same for both of its metrics. */
export const slowStreams = (metric: TimedMetric, figures: Figures, reads: Words): readonly AlertCase[] => {
  const slow = 2 * figures.threshold;
  const fast = figures.threshold / 2;
  return [
    {
      title: 'fires for streams alone when streams alone are slow',
      series: [
        ...observations(metric, { stream: 'true' }, { at: slow, step: 10 }),
        ...observations(metric, { stream: 'false' }, { at: fast, step: 10 }),
      ],
      checks: firesAfter(minutes(1), figures, { labels: { job, stream: 'true' }, reads }),
    },
    {
      title: 'fires when one replica of two makes more than five of 100 requests slow',
      series: [
        ...observations(metric, { stream: 'true', instance: 'proxy-0' }, { at: fast, step: 90 }),
        ...observations(metric, { stream: 'true', instance: 'proxy-1' }, { at: slow, step: 10 }),
      ],
      checks: firesAfter(minutes(1), figures, { labels: { job, stream: 'true' } }),
    },
    {
      title: 'is silent when fewer than five of 100 requests are slow',
      series: [
        ...observations(metric, { stream: 'true', instance: 'proxy-0' }, { at: fast, step: 97 }),
        ...observations(metric, { stream: 'true', instance: 'proxy-1' }, { at: slow, step: 3 }),
      ],
      checks: staysSilent(minutes(30)),
    },
    {
      title: 'is silent when a single slow request is all the traffic there is',
      series: observations(metric, { stream: 'true' }, { at: slow, step: A_TRICKLE }),
      checks: staysSilent(minutes(30)),
    },
    {
      title: 'is silent without traffic',
      series: observations(metric, { stream: 'true' }, { at: slow, step: 0 }),
      checks: staysSilent(minutes(30)),
    },
    ...percentileEdges(metric, figures),
  ];
};

const TAIL = 0.95;

/** The bounds of the bucket that a value lies in. */
const bucketOf = ({ buckets }: TimedMetric, value: number): readonly [lower: number, upper: number] => {
  const index = buckets.findIndex((bound) => value <= bound);
  return [buckets[index - 1] ?? 0, buckets[index] ?? Number.POSITIVE_INFINITY];
};

/**
 * A hundred streams a minute whose percentile is interpolated to a value: of `x` of the way through a bucket, the share
 * `(0.95 - x) / (1 - x)` lies below the bucket, and the rest in it.
 */
const percentileAt = (metric: TimedMetric, job: string, value: number): readonly InputSeries[] => {
  const [lower, upper] = bucketOf(metric, value);
  const way = (value - lower) / (upper - lower);
  const below = (100 * (TAIL - way)) / (1 - way);
  return [
    ...observations(metric, { job, instance: 'proxy-0', stream: 'true' }, { at: lower, step: below }),
    ...observations(metric, { job, instance: 'proxy-1', stream: 'true' }, { at: upper, step: 100 - below }),
  ];
};

/** So many slow streams a minute, spread evenly over two replicas. */
const spread = (metric: TimedMetric, job: string, { at, step }: { at: number; step: number }): readonly InputSeries[] =>
  ['proxy-0', 'proxy-1'].flatMap((instance) =>
    observations(metric, { job, instance, stream: 'true' }, { at, step: step / 2 }),
  );

const firing = (...jobs: readonly string[]) => jobs.map((name) => ({ labels: { job: name, stream: 'true' } }));

/** The stories of a percentile at its edges: of its figures, its ranges and its wait, over replicas and proxies. */
const percentileEdges = (metric: TimedMetric, { threshold, wait }: Figures): readonly AlertCase[] => {
  const slow = 2 * threshold;
  const fast = threshold / 2;
  const two = (job: string, grow: (step: number) => string, at: number) =>
    observations(metric, { job, instance: at === slow ? 'proxy-1' : 'proxy-0', stream: 'true' }, { at, step: 1, grow });
  return [
    {
      title: 'fires a little above its limit and its traffic floor and not a little below, for each proxy by itself',
      series: [
        ...percentileAt(metric, 'more', CLOSE.above * threshold),
        ...percentileAt(metric, 'less', CLOSE.below * threshold),
        ...spread(metric, 'busy', { at: slow, step: CLOSE.above * FLOOR }),
        ...spread(metric, 'idle', { at: slow, step: CLOSE.below * FLOOR }),
      ],
      checks: [{ at: minutes(45), fires: firing('more', 'busy') }],
    },
    {
      title: 'is silent at its very limit, and at its very traffic floor',
      interval: EXACT,
      series: [
        ...observations(metric, { job: 'limit', instance: 'proxy-0', stream: 'true' }, { at: threshold, step: 95 }),
        ...observations(metric, { job: 'limit', instance: 'proxy-1', stream: 'true' }, { at: slow, step: 5 }),
        ...observations(metric, { job: 'floor', stream: 'true' }, { at: slow, step: exactStep(FLOOR / 60) }),
      ],
      checks: staysSilent(minutes(60)),
    },
    {
      title: 'fires as long after its limit or its traffic floor is passed as it waits, neither sooner nor later',
      series: [
        ...two('failing', (step) => turning(100 * step, (100 - 5 * BY_THREE_QUARTERS) * step), fast),
        ...two('failing', (step) => turning(0, 5 * BY_THREE_QUARTERS * step), slow),
        ...two('waking', (step) => turning(0, BY_THREE_QUARTERS * FLOOR * step), slow),
      ],
      checks: [
        { at: PASSED + wait - 60, fires: [] },
        { at: PASSED + wait, fires: firing('failing', 'waking') },
      ],
    },
  ];
};

/** Whole answers as slow as the streams of the stories, and no streams. */
export const slowWholeAnswers = (metric: TimedMetric, { threshold }: Figures): readonly InputSeries[] =>
  observations(metric, { stream: 'false' }, { at: 2 * threshold, step: 10 });
