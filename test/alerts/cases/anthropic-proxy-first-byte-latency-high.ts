import { proxy } from '#catalog';
import { minutes } from '../../support/promtool.ts';
import { casesOf, staysSilent } from './alert-cases.ts';
import { slowStreams, slowWholeAnswers } from './slow-answers.ts';

export const firstByteLatencyHigh = casesOf('AnthropicProxyFirstByteLatencyHigh', (figures) => [
  ...slowStreams(proxy.timeToFirstByte, figures, {
    // All observations lie between 15 s and 20 s, where the percentile is interpolated.
    summary: 'The p95 time to first byte of streams of anthropic-proxy is 19.8 s.',
    description: `More than 5% of streams wait longer than ${figures.threshold} s for the first byte of the response.`,
  }),
  {
    title: 'is silent about whole answers, which begin when they are finished',
    series: slowWholeAnswers(proxy.timeToFirstByte, figures),
    checks: staysSilent(minutes(30)),
  },
]);
