import { proxy } from '#catalog';
import { casesOf } from './alert-cases.ts';
import { slowAnswers } from './slow-answers.ts';

export const requestLatencyHigh = casesOf('AnthropicProxyRequestLatencyHigh', (figures) =>
  slowAnswers(proxy.requestDuration, figures, (streamed) => ({
    // All observations lie between 60 s and 120 s, where the percentile is interpolated.
    summary: `Requests of anthropic-proxy with stream=${streamed} take 117000 ms at the 95th percentile.`,
    description: `Five of 100 requests take longer than ${figures.threshold} ms from first byte to last.`,
  })),
);
