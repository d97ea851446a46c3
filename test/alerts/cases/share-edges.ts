import { type ErrorType, proxy, type StatusCode } from '#catalog';
import {
  type AlertCase,
  type Check,
  constant,
  growing,
  type InputSeries,
  minutes,
  series,
} from '../../support/promtool.ts';
import { type Figures, staysSilent } from './alert-cases.ts';
import { BY_THREE_QUARTERS, CLOSE, EXACT, exactStep, FLOOR, PASSED, turning } from './edges.ts';

/** The requests of a replica of a proxy, as samples of counters. */
interface Traffic {
  readonly job: string;
  readonly instance?: string;
  readonly fine: string;
  readonly failing: string;
  /** Of clients that left before the answer. @default - none */
  readonly gone?: string;
}

/** How requests fail: with what status code, and with what error at the upstream. */
export interface Failure {
  readonly status: StatusCode;
  /** @default - the upstream has met none */
  readonly error?: ErrorType;
  /** What the alert is labelled with beside its job. @default - nothing */
  readonly labels?: Readonly<Record<string, string>>;
}

const REPLICAS = ['proxy-0', 'proxy-1'] as const;

const traffic = ({ status, error }: Failure, { job, instance = 'proxy-0', fine, failing, gone }: Traffic) => {
  const requests = (status_code: StatusCode, values: string): InputSeries =>
    series(proxy.requests, { job, instance, stream: 'true', status_code }, values);
  return [
    requests('200', fine),
    requests(status, failing),
    ...(gone === undefined ? [] : [requests('499', gone)]),
    ...(error === undefined ? [] : [series(proxy.upstreamErrors, { job, instance, error_type: error }, failing)]),
  ];
};

/** So many failing requests a minute and so many others, spread evenly over two replicas. */
const spread = (failure: Failure, job: string, [failing, fine]: readonly [number, number]): readonly InputSeries[] =>
  REPLICAS.flatMap((instance) =>
    traffic(failure, { job, instance, failing: growing(failing / 2), fine: growing(fine / 2) }),
  );

const fires = (failure: Failure, ...jobs: readonly string[]): Check['fires'] =>
  jobs.map((job) => ({ labels: { job, ...failure.labels } }));

const margins = ({ threshold }: Figures, failure: Failure): AlertCase => {
  const of100 = (failing: number) => [failing, 100 - failing] as const;
  return {
    title: 'fires a little above its share and its traffic floor and not a little below, for each proxy by itself',
    series: [
      ...spread(failure, 'more', of100(CLOSE.above * threshold)),
      ...spread(failure, 'less', of100(CLOSE.below * threshold)),
      ...spread(failure, 'busy', [CLOSE.above * FLOOR, 0]),
      ...spread(failure, 'idle', [CLOSE.below * FLOOR, 0]),
    ],
    checks: [{ at: minutes(45), fires: fires(failure, 'more', 'busy') }],
  };
};

const limits = ({ threshold }: Figures, failure: Failure): AlertCase => ({
  title: 'is silent at its very share, and at its very traffic floor',
  interval: EXACT,
  series: [
    ...traffic(failure, { job: 'share', failing: growing(threshold), fine: growing(100 - threshold) }),
    ...traffic(failure, { job: 'floor', failing: growing(exactStep(FLOOR / 60)), fine: constant(0) }),
  ],
  checks: staysSilent(minutes(60)),
});

const onset = ({ threshold, wait }: Figures, failure: Failure): AlertCase => {
  const failing = BY_THREE_QUARTERS * threshold;
  return {
    title: 'fires as long after its share or its traffic floor is passed as it waits, neither sooner nor later',
    series: [
      ...traffic(failure, { job: 'failing', failing: turning(0, failing), fine: turning(100, 100 - failing) }),
      // Of 150 requests a minute 70 remain; when three quarters of the range have so few, they are 90 on average.
      ...traffic(failure, {
        job: 'shrinking',
        failing: turning(threshold, threshold),
        fine: turning(150 - threshold, 70 - threshold),
      }),
      ...traffic(failure, { job: 'waking', failing: turning(0, BY_THREE_QUARTERS * FLOOR), fine: constant(0) }),
    ],
    checks: [
      { at: PASSED + wait - 60, fires: [] },
      { at: PASSED + wait, fires: fires(failure, 'failing', 'shrinking', 'waking') },
    ],
  };
};

/** The stories of a share of requests at its edges: of its figures, its ranges and its wait, over replicas and proxies. */
export const shareEdges = (figures: Figures, failure: Failure): readonly AlertCase[] => [
  margins(figures, failure),
  limits(figures, failure),
  onset(figures, failure),
];

/** The story of a share that leaves out clients that left: they neither thin it out nor make enough traffic for one. */
export const leavesOutGone = ({ threshold }: Figures, failure: Failure): AlertCase => {
  const failing = CLOSE.above * threshold;
  const gone = growing(100);
  return {
    title: 'counts no clients that left before the answer, neither in its share nor in its traffic floor',
    series: [
      ...traffic(failure, { job: 'answered', failing: growing(failing), fine: growing(100 - failing), gone }),
      ...traffic(failure, { job: 'left', failing: growing(CLOSE.below * FLOOR), fine: constant(0), gone }),
    ],
    checks: [{ at: minutes(45), fires: fires(failure, 'answered') }],
  };
};
