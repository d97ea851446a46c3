import { ANTHROPIC_PROXY_PANELS, proxyRecorded, WINDOW_LENGTHS } from '#catalog';
import { and, gt, unless } from '#promql';
import { anthropicProxySignals as signals } from '#signals';
import { alert, group, record } from '../house/index.ts';

/** A forecast below this utilization, in percent, would rest on a few requests. */
const WORTH_A_FORECAST = 10;

const ACCOUNT = ['job', 'window', 'credential'] as const;

/** How much of the rate-limit windows is used, and whether they will last. */
export const utilization = group('utilization', [
  record({
    series: proxyRecorded.currentUtilization,
    labels: { instance: 'account' },
    expr: signals.current,
  }),
  ...WINDOW_LENGTHS.map((length) =>
    record({
      series: proxyRecorded.projectedUtilization,
      // Every replica reports the same account, so the series stands for none of them; dashboards ask for an instance.
      labels: { instance: 'account', length: length.name },
      expr: () => signals.projected(length),
    }),
  ),
  alert({
    name: 'AnthropicProxyUtilizationHigh',
    severity: 'ticket',
    for: '5m',
    signal: signals.utilization,
    threshold: {
      value: 80,
      because: 'a fifth of the window is left: enough to move heavy work elsewhere or to wait',
    },
    panel: ANTHROPIC_PROXY_PANELS.utilizationOverTime,
    where: (used) => unless(used, signals.elapsed()),
    links: ['job', 'credential'],
    summary: ({ credential, window, value }) =>
      `Credential ${credential} has used ${value.fixed(0)} % of its ${window} window.`,
    description: ({ credential, window, threshold }) =>
      `More than ${threshold} % of the ${window} window is used; at 100 % the upstream refuses credential ${credential} until the reset.`,
    action: 'See when the window resets and who uses it; move batch work, or add a credential before it is full.',
  }),
  alert({
    name: 'AnthropicProxyUtilizationCritical',
    severity: 'page',
    for: '2m',
    signal: signals.utilization,
    threshold: {
      value: 95,
      because: 'so little is left that any burst ends it, and from then on requests are refused until the reset',
    },
    panel: ANTHROPIC_PROXY_PANELS.utilizationOverTime,
    where: (used) => unless(used, signals.elapsed()),
    links: ['job', 'credential'],
    inhibits: [
      { alert: 'AnthropicProxyUtilizationHigh', equal: ACCOUNT },
      { alert: 'AnthropicProxyWindowExhaustionProjected', equal: ACCOUNT },
    ],
    summary: ({ credential, window, value }) =>
      `Credential ${credential} has used ${value.fixed(0)} % of its ${window} window: it is full or nearly so.`,
    description: ({ credential, window, threshold }) =>
      `More than ${threshold} % of the ${window} window is used; from 100 % on the upstream refuses credential ${credential} until the reset.`,
    action:
      'See when it resets. In hours: stop batch work and tell users. In days: add a credential or switch extra usage on, then silence this alert until the reset.',
  }),
  alert({
    name: 'AnthropicProxyWindowExhaustionProjected',
    severity: 'ticket',
    for: '15m',
    signal: signals.projectedUtilization,
    threshold: {
      value: 100,
      because: 'at 100 % the upstream refuses requests, and the window has not reset by then',
    },
    panel: ANTHROPIC_PROXY_PANELS.projectedUtilization,
    where: (full) => and(full, gt(signals.used(), WORTH_A_FORECAST)),
    links: ['job', 'credential'],
    summary: ({ credential, window, value }) =>
      `Credential ${credential} will have used ${value.fixed(0)} % of its ${window} window when it resets.`,
    description: ({ window, threshold }) =>
      `If use goes on as it does, the ${window} window passes ${threshold} % before its reset.`,
    action: 'Find who burns the window and whether it will go on; spread the work or add a credential in time.',
  }),
]);
