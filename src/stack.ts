import type { StackInput } from './config.ts';

/**
 * The stack of this repository: the first file to edit. Every other setting has a default, which its description in
 * the editor (and `src/config.ts`) names; a wrong value is refused by `npm run synth` with the way to repair it.
 *
 * No secret belongs here: settings name the Secrets of the cluster and their keys. `npm run --silent secrets` makes
 * those that are random and tells which ones you bring.
 */
export const stack = {
  // `small` fits one node of 2 processors and 4 GiB; `ha` survives the loss of a node (docs/profiles.md).
  profile: 'small',
  namespace: 'tidewatch',

  proxy: {
    // `pool` uses the credentials of a Secret in place of those that the clients send.
    credentials: { mode: 'pass-through' },
  },

  prometheus: {
    retention: '30d',
    storage: '20Gi',
    // Nine tenths of the volume: when it fills up, old samples go before the disk is full.
    retentionSize: '18GB',
  },

  alertmanager: {
    // `page` takes what wakes somebody, `ticket` what can wait, `dead-man` the sign of life. Empty lists tell nobody:
    // alerts then show in Alertmanager alone. For instance:
    //   page: [{ type: 'pagerduty', routingKeyKey: 'pagerduty-key' }],
    //   ticket: [{ type: 'slack', urlKey: 'slack-url', channel: '#llm-proxy' }],
    //   'dead-man': [{ type: 'webhook', urlKey: 'dead-man-url' }],
    receivers: { page: [], ticket: [] },
  },

  grafana: {
    // Where people open Grafana; alerts link to it. This is where a port-forward leads.
    rootUrl: 'http://localhost:3000',
  },

  alerts: {
    // Where the pages of `alerts/runbooks/` can be read; `{alert}` stands for the alert's name.
    runbookBaseUrl: 'https://github.com/example/tidewatch/blob/main/alerts/runbooks/{alert}.md',
    // Changes to single alerts, for instance: { AnthropicProxyUtilizationHigh: { threshold: 85, wait: '30m' } }
    override: {},
  },
} as const satisfies StackInput;
