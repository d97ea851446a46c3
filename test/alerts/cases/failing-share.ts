import { type AlertCase, type InputSeries, minutes } from '../../support/promtool.ts';
import { type Figures, firesAfter, staysSilent } from './alert-cases.ts';
import { type Failure, leavesOutGone, shareEdges } from './share-edges.ts';

/** What fails, and how the alert reads when it fails a number of times for 100 requests. */
export interface FailingShare {
  /** Traffic of 100 requests a minute for each share, of which so many fail. */
  readonly failing: (perHundred: number) => readonly InputSeries[];
  /** How one of them fails. */
  readonly failure: Failure;
  /** Traffic below the floor that fails as a whole. */
  readonly trickle: readonly InputSeries[];
  readonly reads: (perHundred: number) => { readonly summary: string; readonly description: string };
}

/** The stories of a share of requests that fail: the same whoever is at fault. */
export const failingShare = (
  figures: Figures,
  { failing, failure, trickle, reads }: FailingShare,
): readonly AlertCase[] => {
  const above = figures.threshold + 1;
  return [
    {
      title: 'fires when more than its share fails',
      series: failing(above),
      checks: firesAfter(minutes(1), figures, { labels: { job: 'anthropic-proxy' }, reads: reads(above) }),
    },
    {
      title: 'is silent below its share',
      series: failing(figures.threshold - 1),
      checks: staysSilent(minutes(30)),
    },
    {
      title: 'is silent when there is too little traffic to speak of a share',
      series: trickle,
      checks: staysSilent(minutes(30)),
    },
    { title: 'is silent when nothing fails', series: failing(0), checks: staysSilent(minutes(30)) },
    ...shareEdges(figures, failure),
    leavesOutGone(figures, failure),
  ];
};
