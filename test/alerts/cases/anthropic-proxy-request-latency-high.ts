import { proxy } from '#catalog';
import { minutes } from '../../support/promtool.ts';
import { casesOf, firesAfter } from './alert-cases.ts';
import { slowStreams, slowWholeAnswers } from './slow-answers.ts';

export const requestLatencyHigh = casesOf('AnthropicProxyRequestLatencyHigh', (figures) => [
  ...slowStreams(proxy.requestDuration, figures, {
    // All observations lie between 60 s and 120 s, where the percentile is interpolated.
    summary: 'The p95 request duration of anthropic-proxy is 1m 57s for stream=true.',
    description: `More than 5% of requests take longer than ${figures.threshold} ms, from the first byte of the request to the last byte of the response.`,
  }),
  {
    title: 'fires for whole answers as well',
    series: slowWholeAnswers(proxy.requestDuration, figures),
    checks: firesAfter(minutes(1), figures, { labels: { job: 'anthropic-proxy', stream: 'false' } }),
  },
]);
