import { minutes } from '../../support/promtool.ts';
import { casesOf, firesAfter, staysSilent } from './alert-cases.ts';
import { leavesOutGone, shareEdges } from './share-edges.ts';
import { A_TRICKLE, answers } from './traffic.ts';

const job = 'anthropic-proxy';

export const rateLimitedShareHigh = casesOf('AnthropicProxyRateLimitedShareHigh', (figures) => {
  const above = figures.threshold + 1;
  const below = figures.threshold - 1;
  return [
    {
      title: 'fires when more than its share of requests is rate-limited',
      series: answers({ '200': 100 - above, '429': above }),
      checks: firesAfter(minutes(1), figures, {
        labels: { job },
        reads: {
          summary: `anthropic-proxy answers ${above}.0% of requests with 429.`,
          description: `More than ${figures.threshold}% of client requests are rate-limited.`,
        },
      }),
    },
    {
      title: 'adds up replicas, so that one of them can carry all the rate limits',
      series: [...answers({ '200': 100 - above, '429': 0 }, 'proxy-0'), ...answers({ '429': above }, 'proxy-1')],
      checks: firesAfter(minutes(1), figures, { labels: { job } }),
    },
    {
      title: 'leaves out clients that left before the head',
      series: answers({ '200': 100 - above, '429': above, '499': 100 }),
      checks: firesAfter(minutes(1), figures, { labels: { job } }),
    },
    {
      title: 'is silent below its share',
      series: answers({ '200': 100 - below, '429': below }),
      checks: staysSilent(minutes(30), minutes(60)),
    },
    {
      title: 'is silent when there is too little traffic to speak of a share',
      series: answers({ '200': 0, '429': A_TRICKLE }),
      checks: staysSilent(minutes(30), minutes(60)),
    },
    {
      title: 'is silent without traffic',
      series: answers({ '200': 0, '429': 0 }),
      checks: staysSilent(minutes(30)),
    },
    ...shareEdges(figures, { status: '429' }),
    leavesOutGone(figures, { status: '429' }),
  ];
});
