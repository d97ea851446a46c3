import { proxy } from '#catalog';
import { constant, growing, inOrder, minutes, series } from '../../support/promtool.ts';
import { casesOf, firesAfter, staysSilent } from './alert-cases.ts';
import { shareEdges } from './share-edges.ts';
import { A_TRICKLE, answers } from './traffic.ts';

const labels = { job: 'anthropic-proxy' };

export const clientsLeavingBeforeAnswer = casesOf('AnthropicProxyClientsLeavingBeforeAnswer', (figures) => [
  {
    title: 'fires when the upstream hangs and every client leaves',
    series: [
      ...answers({ '200': 0, '502': 0 }),
      series(proxy.requests, { stream: 'true', status_code: '499' }, inOrder(constant(0, 29), growing(30))),
    ],
    checks: firesAfter(minutes(30), figures, {
      labels,
      reads: {
        summary: '100% of the requests to anthropic-proxy are abandoned before the response begins.',
        description: `More than ${figures.threshold}% of all requests end with 499: the client disconnected before the response headers. The upstream or the network path to it may hang. Alerts on errors do not count 499s.`,
      },
    }),
  },
  {
    title: 'fires when more than its share of all requests is left, by clients of either kind and of any replica',
    series: [
      ...answers({ '200': 99 - figures.threshold, '499': figures.threshold - 1 }, 'proxy-0'),
      ...answers({ '499': 2 }, 'proxy-1'),
    ],
    checks: firesAfter(minutes(1), figures, { labels }),
  },
  {
    // Of the answered requests it would be more than the threshold, of all of them it is less.
    title: 'is silent below its share of all requests',
    series: answers({ '200': 101 - figures.threshold, '499': figures.threshold - 1 }),
    checks: staysSilent(minutes(30)),
  },
  {
    title: 'is silent when those who leave are all the few who come',
    series: answers({ '499': A_TRICKLE }),
    checks: staysSilent(minutes(30)),
  },
  {
    title: 'is silent about answers that fail: other alerts cover those',
    series: answers({ '429': 50, '502': 50, '499': 0 }),
    checks: staysSilent(minutes(30)),
  },
  ...shareEdges(figures, { status: '499' }),
  { title: 'is silent without traffic', series: answers({ '200': 0, '499': 0 }), checks: staysSilent(minutes(30)) },
]);
