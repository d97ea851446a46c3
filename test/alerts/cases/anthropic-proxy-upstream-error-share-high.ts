import { minutes } from '../../support/promtool.ts';
import { casesOf, staysSilent } from './alert-cases.ts';
import { failingShare } from './failing-share.ts';
import { A_TRICKLE, answers, upstreamErrors } from './traffic.ts';

export const upstreamErrorShareHigh = casesOf('AnthropicProxyUpstreamErrorShareHigh', (figures) => [
  ...failingShare(figures, {
    failing: (perHundred) => [
      ...answers({ '200': 100 }),
      ...upstreamErrors({ overloaded: perHundred / 2, connect: perHundred / 2 }),
    ],
    failure: { status: '502', error: 'overloaded' },
    trickle: [...answers({ '200': A_TRICKLE }), ...upstreamErrors({ overloaded: A_TRICKLE })],
    reads: (perHundred) => ({
      summary: `The upstream of anthropic-proxy fails ${perHundred}.0 times per 100 requests.`,
      description: `More than ${figures.threshold} attempts per 100 requests fail because of the upstream or the network path to it.`,
    }),
  }),
  {
    title: 'is silent about limits, credentials and faulty requests',
    series: [
      ...answers({ '200': 100 }),
      ...upstreamErrors({ rate_limit_quota: 30, authentication: 30, invalid_request: 30 }),
    ],
    checks: staysSilent(minutes(30)),
  },
]);
