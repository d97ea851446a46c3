import { proxy } from '#catalog';
import { growing, inOrder, minutes, series } from '../../support/promtool.ts';
import { casesOf, firesAfter, staysSilent } from './alert-cases.ts';
import { answers } from './traffic.ts';

const job = 'anthropic-proxy';

export const rateLimitedRateHigh = casesOf('AnthropicProxyRateLimitedRateHigh', (figures) => [
  {
    title: 'fires when more requests a minute are rate-limited than it allows, however many succeed',
    series: answers({ '200': 100_000, '429': 2 * figures.threshold }),
    checks: firesAfter(minutes(1), figures, {
      labels: { job },
      reads: {
        summary: `anthropic-proxy answers ${2 * figures.threshold} requests a minute with 429.`,
        description: `More than ${figures.threshold} requests a minute end in a rate limit; their clients seem to retry without waiting.`,
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
    series: [
      series(
        proxy.requests,
        { stream: 'true', status_code: '429' },
        inOrder(growing(1, { from: 1_000_000, samples: 20 }), growing(1, { samples: 40 })),
      ),
    ],
    checks: staysSilent(minutes(22), minutes(30)),
  },
]);
