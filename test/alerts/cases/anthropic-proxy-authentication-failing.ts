import { casesOf } from './alert-cases.ts';
import { failingShare } from './failing-share.ts';
import { A_TRICKLE, answers, upstreamErrors } from './traffic.ts';

export const authenticationFailing = casesOf('AnthropicProxyAuthenticationFailing', (figures) =>
  failingShare(figures, {
    failing: (perHundred) => [
      ...answers({ '200': 100 - perHundred, '401': perHundred }),
      ...upstreamErrors({ authentication: perHundred, overloaded: 50 }),
    ],
    failure: { status: '401', error: 'authentication' },
    trickle: [...answers({ '401': A_TRICKLE }), ...upstreamErrors({ authentication: A_TRICKLE })],
    reads: (perHundred) => ({
      summary: `The upstream rejects the credentials of anthropic-proxy ${perHundred}.0 times per 100 requests.`,
      description: `More than ${figures.threshold} attempts per 100 requests fail authentication.`,
    }),
  }),
);
