import { proxy } from '#catalog';
import { growing, type InputSeries, inOrder, minutes, series } from '../../support/promtool.ts';
import { casesOf, firesAfter, staysSilent } from './alert-cases.ts';
import { BY_THREE_QUARTERS, CLOSE, EXACT, exactStep, PASSED, turning } from './edges.ts';
import { answers } from './traffic.ts';

const job = 'anthropic-proxy';

const rateLimited = (values: string, labels: { readonly job?: string; readonly instance?: string }): InputSeries =>
  series(proxy.requests, { stream: 'true', status_code: '429', ...labels }, values);

/** So many a minute, spread evenly over two replicas. */
const spread = (name: string, perMinute: number): readonly InputSeries[] =>
  ['proxy-0', 'proxy-1'].map((instance) => rateLimited(growing(perMinute / 2), { job: name, instance }));

export const rateLimitedRateHigh = casesOf('AnthropicProxyRateLimitedRateHigh', (figures) => [
  {
    title: 'fires when more requests a minute are rate-limited than it allows, however many succeed',
    series: answers({ '200': 100_000, '429': 2 * figures.threshold }),
    checks: firesAfter(minutes(1), figures, {
      labels: { job },
      reads: {
        summary: `anthropic-proxy answers ${2 * figures.threshold} requests per minute with 429.`,
        description: `More than ${figures.threshold} requests per minute are rate-limited; their clients probably retry without backing off.`,
      },
    }),
  },
  {
    title: 'is silent at half the rate',
    series: answers({ '200': 10, '429': figures.threshold / 2 }),
    checks: staysSilent(minutes(30)),
  },
  {
    title: 'is silent when a restart sets the counter back',
    series: [rateLimited(inOrder(growing(1, { from: 1_000_000, samples: 20 }), growing(1, { samples: 40 })), {})],
    checks: staysSilent(minutes(22), minutes(30)),
  },
  {
    title: 'fires a little above its rate and not a little below, for each proxy by itself',
    series: [...spread('more', CLOSE.above * figures.threshold), ...spread('less', CLOSE.below * figures.threshold)],
    checks: [{ at: minutes(45), fires: [{ labels: { job: 'more' } }] }],
  },
  {
    title: 'is silent at its very rate',
    interval: EXACT,
    series: [rateLimited(growing(exactStep(figures.threshold / 60)), {})],
    checks: staysSilent(minutes(60)),
  },
  {
    title: 'fires as long after its rate is passed as it waits, neither sooner nor later',
    series: [rateLimited(turning(0, BY_THREE_QUARTERS * figures.threshold), {})],
    checks: [
      { at: PASSED + figures.wait - 60, fires: [] },
      { at: PASSED + figures.wait, fires: [{ labels: { job } }] },
    ],
  },
]);
