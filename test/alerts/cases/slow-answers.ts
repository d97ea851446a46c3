import type { proxy } from '#catalog';
import { type AlertCase, type InputSeries, minutes, observations } from '../../support/promtool.ts';
import { type Figures, firesAfter, staysSilent } from './alert-cases.ts';
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
  ];
};

/** Whole answers as slow as the streams of the stories, and no streams. */
export const slowWholeAnswers = (metric: TimedMetric, { threshold }: Figures): readonly InputSeries[] =>
  observations(metric, { stream: 'false' }, { at: 2 * threshold, step: 10 });
