import { minutes } from '../../support/promtool.ts';
import { casesOf, firesAfter, staysSilent } from './alert-cases.ts';
import { type Failure, leavesOutGone, shareEdges } from './share-edges.ts';
import { A_TRICKLE, answers, upstreamErrors } from './traffic.ts';

const job = 'anthropic-proxy';
const QUOTA: Failure = { status: '429', error: 'rate_limit_quota', labels: { error_type: 'rate_limit_quota' } };

export const upstreamRateLimited = casesOf('AnthropicProxyUpstreamRateLimited', (figures) => {
  const above = figures.threshold + 5;
  const below = figures.threshold - 5;
  return [
    {
      title: 'fires for the kind of limit that is met too often, and for no other',
      series: [...answers({ '200': 100 }), ...upstreamErrors({ rate_limit_quota: above, rate_limit_minute: below })],
      checks: firesAfter(minutes(1), figures, {
        labels: { job, error_type: 'rate_limit_quota' },
        reads: {
          summary: `The upstream rate-limits anthropic-proxy with rate_limit_quota ${above}.0 times per 100 requests.`,
          description: `More than ${figures.threshold} attempts per 100 requests fail with rate_limit_quota, including those whose retry succeeds.`,
        },
      }),
    },
    {
      title: 'adds up replicas',
      series: [
        ...answers({ '200': 50 }, 'proxy-0'),
        ...answers({ '200': 50 }, 'proxy-1'),
        ...upstreamErrors({ rate_limit_minute: above / 2 }, 'proxy-0'),
        ...upstreamErrors({ rate_limit_minute: above / 2 }, 'proxy-1'),
      ],
      checks: firesAfter(minutes(1), figures, { labels: { job, error_type: 'rate_limit_minute' } }),
    },
    {
      title: 'is silent when several kinds together, but none alone, pass the limit',
      series: [...answers({ '200': 100 }), ...upstreamErrors({ rate_limit_quota: 9, rate_limit_minute: 9 })],
      checks: staysSilent(minutes(30)),
    },
    {
      title: 'is silent about errors that are no limits',
      series: [...answers({ '200': 100 }), ...upstreamErrors({ overloaded: 50, api_error: 50 })],
      checks: staysSilent(minutes(30)),
    },
    {
      title: 'is silent when there is too little traffic to speak of a share',
      series: [...answers({ '200': A_TRICKLE }), ...upstreamErrors({ rate_limit_quota: A_TRICKLE })],
      checks: staysSilent(minutes(30)),
    },
    ...shareEdges(figures, QUOTA),
    leavesOutGone(figures, QUOTA),
  ];
});
