import { proxy } from '#catalog';
import { minutes } from '../../support/promtool.ts';
import { casesOf, staysSilent } from './alert-cases.ts';
import { slowStreams, slowWholeAnswers } from './slow-answers.ts';

export const firstByteLatencyHigh = casesOf('AnthropicProxyFirstByteLatencyHigh', (figures) => [
  ...slowStreams(proxy.timeToFirstByte, figures, {
    // All observations lie between 15 s and 20 s, where the percentile is interpolated.
    summary: 'Streams of anthropic-proxy wait 19.8 s for their first byte at the 95th percentile.',
    description: `More than five of 100 streams wait longer than ${figures.threshold} s until the answer begins.`,
  }),
  {
    title: 'is silent about whole answers, which begin when they are finished',
    series: slowWholeAnswers(proxy.timeToFirstByte, figures),
    checks: staysSilent(minutes(30)),
  },
]);
