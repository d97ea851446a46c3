import type { StackInput } from './config.ts';

/**
 * The stack of this repository: the first file to edit. Every other setting has a default; your editor and
 * docs/configuration.md describe them all. `npm run synth` rejects invalid settings and says how to fix them.
 *
 * Secrets do not belong here: settings name Secrets in the cluster and their keys. `npm run --silent secrets` creates
 * the random ones and lists those that you have to provide.
 */
export const stack = {
  // `small` fits on one node with 2 CPUs and 4 GiB of memory; `ha` survives the loss of a node (docs/profiles.md).
  profile: 'small',
  namespace: 'tidewatch',

  proxy: {
    // `pool` replaces the credentials of the clients with those in a Secret.
    credentials: { mode: 'pass-through' },
  },

  prometheus: {
    retention: '30d',
    storage: '20Gi',
    // 90% of the volume: the oldest samples are deleted before the disk is full.
    retentionSize: '18GB',
  },

  alertmanager: {
    // `page` receives alerts that need someone now, `ticket` those that can wait for working hours, and `heartbeat` the
    // Watchdog, for a dead man's switch; any other receiver needs an alert that names it, as below. Without receivers,
    // alerts are only visible in Alertmanager. Uncomment what you need:
    receivers: {
      // page: [{ type: 'pagerduty', routingKeyKey: 'pagerduty-key' }],
      // ticket: [{ type: 'slack', urlKey: 'slack-url', channel: '#llm-proxy' }],
      // heartbeat: [{ type: 'webhook', urlKey: 'heartbeat-url' }],
      // oncall: [{ type: 'slack', urlKey: 'slack-url', channel: '#oncall' }],
    },
  },

  grafana: {
    // Where users open Grafana; alerts link to it. The default is the address of a port-forward.
    rootUrl: 'http://localhost:3000',
  },

  alerts: {
    // Where the runbooks in alerts/runbooks/ are published; `{alert}` stands for the name of the alert.
    runbookBaseUrl: 'https://github.com/example/tidewatch/blob/main/alerts/runbooks/{alert}.md',
    // Changes to individual alerts:
    override: {
      // AnthropicProxyUtilizationHigh: { threshold: 85, for: '30m', receiver: 'oncall' },
    },
  },
} as const satisfies StackInput;
