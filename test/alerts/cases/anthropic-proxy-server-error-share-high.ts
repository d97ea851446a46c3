import { proxy } from '#catalog';
import { constant, hours, inOrder, minutes, series } from '../../support/promtool.ts';
import { casesOf, staysSilent } from './alert-cases.ts';
import { failingShare } from './failing-share.ts';
import { A_TRICKLE, answers } from './traffic.ts';

export const serverErrorShareHigh = casesOf('AnthropicProxyServerErrorShareHigh', (figures) => [
  ...failingShare(figures, {
    failing: (perHundred) => answers({ '200': 100 - perHundred, '502': perHundred / 2, '529': perHundred / 2 }),
    failure: { status: '502' },
    trickle: answers({ '200': 0, '502': A_TRICKLE }),
    reads: (perHundred) => ({
      summary: `anthropic-proxy answers ${perHundred}.0 % of requests with a server error.`,
      description: `More than ${figures.threshold} % of the requests of clients end in a 5xx.`,
    }),
  }),
  {
    title: 'is silent about what clients did themselves, gone ones included',
    series: answers({ '200': 10, '400': 20, '429': 20, '499': 50 }),
    checks: staysSilent(minutes(30)),
  },
  {
    title: 'is silent about one failure among few requests',
    series: [
      ...answers({ '200': 2 }),
      series(proxy.requests, { stream: 'true', status_code: '502' }, inOrder(constant(0, 29), constant(1))),
    ],
    checks: staysSilent(...Array.from({ length: 12 }, (_, minute) => minutes(29 + minute)), hours(1)),
  },
]);
