import { ANTHROPIC_PROXY_PANELS, proxyRecorded, WINDOW_LENGTHS } from '#catalog';
import { and, gt, unless } from '#promql';
import { anthropicProxySignals as signals } from '#signals';
import { alert, group, record } from '../house/index.ts';

/** Below this utilization, in percent, a forecast would rest on a few requests. */
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
      // Every replica reports the same account, so the series belongs to none of them; every selector of a dashboard matches `instance`.
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
      because: 'a fifth of the window is left: enough to postpone heavy work or to move it elsewhere',
    },
    panel: ANTHROPIC_PROXY_PANELS.utilizationOverTime,
    where: (used) => unless(used, signals.elapsed()),
    links: ['job', 'credential'],
    summary: ({ credential, window, value }) =>
      `Credential ${credential} has used ${value.fixed(0)}% of its ${window} window.`,
    description: ({ credential, window, threshold }) =>
      `More than ${threshold}% of the ${window} window is used; at 100% the upstream rejects credential ${credential} until the reset.`,
    action:
      'Check when the window resets and which models use it; postpone batch work, or add a credential before the window is full.',
  }),
  alert({
    name: 'AnthropicProxyUtilizationCritical',
    severity: 'page',
    for: '2m',
    signal: signals.utilization,
    threshold: {
      value: 95,
      because: 'any burst uses up the rest, and from then on requests are rejected until the reset',
    },
    panel: ANTHROPIC_PROXY_PANELS.utilizationOverTime,
    where: (used) => unless(used, signals.elapsed()),
    links: ['job', 'credential'],
    inhibits: [
      { alert: 'AnthropicProxyUtilizationHigh', equal: ACCOUNT },
      { alert: 'AnthropicProxyWindowExhaustionProjected', equal: ACCOUNT },
    ],
    summary: ({ credential, window, value }) =>
      `Credential ${credential} has used ${value.fixed(0)}% of its ${window} window, which is full or nearly full.`,
    description: ({ credential, window, threshold }) =>
      `More than ${threshold}% of the ${window} window is used; from 100% on the upstream rejects credential ${credential} until the reset.`,
    action:
      'Check when it resets. Within hours: stop batch work and inform users. In days: add a credential or enable extra usage, then silence this alert until the reset.',
  }),
  alert({
    name: 'AnthropicProxyWindowExhaustionProjected',
    severity: 'ticket',
    for: '15m',
    signal: signals.projectedUtilization,
    threshold: {
      value: 100,
      because: 'at 100% the upstream rejects requests, and the window has not reset by then',
    },
    panel: ANTHROPIC_PROXY_PANELS.projectedUtilization,
    where: (full) => and(full, gt(signals.used(), WORTH_A_FORECAST)),
    links: ['job', 'credential'],
    summary: ({ credential, window, value }) =>
      `Credential ${credential} is projected to use ${value.fixed(0)}% of its ${window} window before it resets.`,
    description: ({ window, threshold }) =>
      `If usage continues at this rate, the ${window} window exceeds ${threshold}% before its reset.`,
    action:
      'Find out what uses up the window and whether it will continue; spread the work, or add a credential in time.',
  }),
]);
