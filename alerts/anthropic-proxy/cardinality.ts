import { ANTHROPIC_PROXY_PANELS, STACK_HEALTH_PANELS } from '#catalog';
import { anthropicProxySignals as signals } from '#signals';
import { alert, group } from '../house/index.ts';

/** Whether accounts and label values fit their caps. */
export const cardinality = group('cardinality', [
  alert({
    name: 'AnthropicProxyAccountsUntracked',
    severity: 'ticket',
    for: '15m',
    signal: signals.accountsUntracked,
    threshold: {
      value: 0,
      because: 'nobody sees the windows of an account that is not tracked, and no alert about them can fire',
    },
    panel: ANTHROPIC_PROXY_PANELS.uncounted,
    links: ['job'],
    summary: ({ job, value }) => `${job} does not track ${value.fixed(0)} of the accounts that use it.`,
    description: () =>
      'More accounts were used in the last two hours than the proxy tracks; the windows of the others have no series.',
    action:
      'Raise maxAccounts in the settings of the proxy. If there are not so many users, look for a client that invents accounts.',
  }),
  alert({
    name: 'AnthropicProxyLabelsFolded',
    severity: 'ticket',
    for: '15m',
    signal: signals.labelsFolded,
    threshold: {
      value: 10,
      because:
        'an occasional odd value may be folded; a steady flow means a name missing from the catalog or a cap that is too low',
    },
    panel: STACK_HEALTH_PANELS.proxyFolded,
    links: ['job'],
    summary: ({ job, label, value }) => `${job} folded ${value.fixed(0)} values of the label ${label} within an hour.`,
    description: ({ label, threshold }) =>
      `More than ${threshold} times per hour, a value of ${label} gets no series of its own, so numbers by ${label} are incomplete.`,
    action:
      'Find the values in the log. Add a price for a new model; raise the cap if there are more credentials or windows than it allows.',
  }),
]);
