import { proxy } from '#catalog';
import { minutes } from '../../support/promtool.ts';
import { casesOf, firesAfter } from './alert-cases.ts';
import { slowStreams, slowWholeAnswers } from './slow-answers.ts';

export const requestLatencyHigh = casesOf('AnthropicProxyRequestLatencyHigh', (figures) => [
  ...slowStreams(proxy.requestDuration, figures, {
    // All observations lie between 60 s and 120 s, where the percentile is interpolated.
    summary: 'Requests of anthropic-proxy with stream=true take 1m 57s at the 95th percentile.',
    description: `More than five of 100 requests take longer than ${figures.threshold} ms from the request’s first byte to the answer’s last.`,
  }),
  {
    title: 'fires for whole answers as well',
    series: slowWholeAnswers(proxy.requestDuration, figures),
    checks: firesAfter(minutes(1), figures, { labels: { job: 'anthropic-proxy', stream: 'false' } }),
  },
]);
