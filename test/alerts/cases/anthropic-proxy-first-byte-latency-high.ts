import { proxy } from '#catalog';
import { casesOf } from './alert-cases.ts';
import { slowAnswers } from './slow-answers.ts';

export const firstByteLatencyHigh = casesOf('AnthropicProxyFirstByteLatencyHigh', (figures) =>
  slowAnswers(proxy.timeToFirstByte, figures, (streamed) => ({
    // All observations lie between 15 s and 20 s, where the percentile is interpolated.
    summary: `Requests of anthropic-proxy with stream=${streamed} wait 19.8 s for their first byte at the 95th percentile.`,
    description: `Five of 100 requests wait longer than ${figures.threshold} s until the answer begins.`,
  })),
);
