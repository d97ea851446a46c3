import { ANTHROPIC_PROXY_PANELS } from '#catalog';
import { anthropicProxySignals as signals } from '#signals';
import { alert, group } from '../house/index.ts';

/** Whether the cost covers all tokens. */
export const cost = group('cost', [
  alert({
    name: 'AnthropicProxyTokensUnpriced',
    severity: 'ticket',
    for: '15m',
    signal: signals.unpricedTokens,
    threshold: {
      value: 100_000,
      because: 'a single request of a coding agent can have as many tokens; above that, the model or mode is in use',
    },
    panel: ANTHROPIC_PROXY_PANELS.cost,
    links: ['job'],
    summary: ({ job, value }) => `${job} counts ${value.fixed(0)} tokens per hour without a price.`,
    description: ({ threshold }) =>
      `More than ${threshold} tokens per hour belong to a model without a price, or to a model in a mode without one; the cost excludes them.`,
    action: 'Find the model in the log, and add its rates to the price file of the configuration.',
  }),
]);
