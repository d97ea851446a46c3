import { proxy, type StatusCode } from '#catalog';
import { constant, growing, hours, type InputSeries, inOrder, minutes, series } from '../../support/promtool.ts';
import { casesOf, type Figures, staysSilent } from './alert-cases.ts';
import { BY_THREE_QUARTERS, FLOOR, PASSED } from './edges.ts';
import { failingShare } from './failing-share.ts';
import { A_TRICKLE, answers } from './traffic.ts';

/** What the counter has counted before: growth from a counter's first sample is not extrapolated, growth of an older one is. */
const BEFORE = 7;

/** Two requests a minute, as at night. */
const QUIET = answers({ '200': 2 });

/** One failure at a minute, and so many more at intervals. */
const failures = (
  from: number,
  every: number,
  { times = 30, status_code = '502' }: { readonly times?: number; readonly status_code?: StatusCode } = {},
): InputSeries =>
  series(
    proxy.requests,
    { stream: 'true', status_code },
    inOrder(
      constant(BEFORE, from - 1),
      ...Array.from({ length: times - 1 }, (_, index) => constant(BEFORE + 1 + index, every - 1)),
      constant(BEFORE + times),
    ),
  );

const everyMinute = Array.from({ length: 60 }, (_, minute) => minutes(30 + minute));

/** At night a share says little, so that failures are counted as well. */
const atNight = ({ wait }: Figures) => [
  {
    title: 'is silent about four failures at night, however large their share',
    series: [...QUIET, failures(30, 2, { times: 4 })],
    checks: staysSilent(...everyMinute),
  },
  {
    title: 'fires from the fifth failure on when they go on, whatever their codes',
    series: [...QUIET, failures(30, 4), failures(32, 4, { status_code: '529' })],
    checks: [
      { at: minutes(38) + wait - 60, fires: [] },
      { at: minutes(38) + wait, fires: [{ labels: { job: 'anthropic-proxy' } }] },
    ],
  },
  {
    title: 'waits from when there is enough traffic, not from when enough has failed',
    series: [
      series(
        proxy.requests,
        { stream: 'true', status_code: '502' },
        inOrder(
          constant(BEFORE, 19),
          constant(BEFORE + 10, 9),
          growing(BY_THREE_QUARTERS * FLOOR, { from: BEFORE + 10 + BY_THREE_QUARTERS * FLOOR, samples: 60 }),
        ),
      ),
    ],
    checks: [
      ...staysSilent(minutes(25), minutes(26), PASSED + wait - 60),
      { at: PASSED + wait, fires: [{ labels: { job: 'anthropic-proxy' } }] },
    ],
  },
  {
    title: 'is silent about five failures in half an hour',
    series: [...QUIET, failures(30, 4)],
    checks: staysSilent(...everyMinute),
  },
];

export const serverErrorShareHigh = casesOf('AnthropicProxyServerErrorShareHigh', (figures) => [
  ...failingShare(figures, {
    failing: (perHundred) => answers({ '200': 100 - perHundred, '502': perHundred / 2, '529': perHundred / 2 }),
    failure: { status: '502' },
    trickle: answers({ '200': 0, '502': A_TRICKLE }),
    reads: (perHundred) => ({
      summary: `anthropic-proxy answers ${perHundred}.0% of requests with a server error.`,
      description: `More than ${figures.threshold}% of client requests end in a 5xx.`,
    }),
  }),
  {
    title: 'is silent about what clients did themselves, gone ones included',
    series: answers({ '200': 10, '400': 20, '429': 20, '499': 50 }),
    checks: staysSilent(minutes(30)),
  },
  ...atNight(figures),
  {
    title: 'is silent about one failure among few requests',
    series: [
      ...answers({ '200': 2 }),
      series(proxy.requests, { stream: 'true', status_code: '502' }, inOrder(constant(0, 29), constant(1))),
    ],
    checks: staysSilent(...Array.from({ length: 12 }, (_, minute) => minutes(29 + minute)), hours(1)),
  },
]);
