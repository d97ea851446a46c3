import { STACK_HEALTH_PANELS } from '#catalog';
import { anthropicProxySignals as signals } from '#signals';
import { alert, group } from '../house/index.ts';

/** Whether the proxy's label values fit their caps. */
export const cardinality = group('cardinality', [
  alert({
    name: 'AnthropicProxyLabelsFolded',
    severity: 'ticket',
    for: '15m',
    signal: signals.labelsFolded,
    threshold: {
      value: 10,
      because: 'a rare oddity may be folded; a constant flow is a name that the catalog lacks or a cap that is too low',
    },
    panel: STACK_HEALTH_PANELS.proxyFolded,
    links: ['job'],
    summary: ({ job, label, value }) => `${job} folded ${value.fixed(0)} values of ${label} within an hour.`,
    description: ({ label, threshold }) =>
      `More than ${threshold} times an hour a value of ${label} gets no series of its own, so figures by ${label} are incomplete.`,
    action:
      'Find the values in the log. A new model needs a price; more credentials or windows than the cap need a higher cap.',
  }),
]);
