import { ANTHROPIC_PROXY_PANELS, proxyRecorded, WINDOW_LENGTHS } from '#catalog';
import { and, gt, maxBy, unless, value } from '#promql';
import { alert, group, record } from '../house/index.ts';
import { current, elapsed, projected, used } from './forecast.ts';

/** A forecast below this utilization, in percent, would be made of a few requests. */
const WORTH_A_FORECAST = 10;

const ACCOUNT = ['job', 'window', 'credential'] as const;

/** A window without a known reset counts as running: it is better to be told once too often. */
const usedAbove = (threshold: number) => unless(gt(used(), threshold), elapsed());

/** How much of the rate-limit windows is used, and whether they will last. */
export const utilization = group('utilization', [
  record({
    series: proxyRecorded.currentUtilization,
    labels: { instance: 'account' },
    expr: current,
  }),
  ...WINDOW_LENGTHS.map((length) =>
    record({
      series: proxyRecorded.projectedUtilization,
      // Every replica reports the same account, so the series stands for none of them; dashboards ask for an instance.
      labels: { instance: 'account', length: length.name },
      expr: () => projected(length),
    }),
  ),
  alert({
    name: 'AnthropicProxyUtilizationHigh',
    severity: 'ticket',
    wait: '5m',
    threshold: {
      value: 80,
      unit: 'percent',
      because: 'a fifth of the window is left: enough to move heavy work elsewhere or to wait',
    },
    panel: ANTHROPIC_PROXY_PANELS.utilizationOverTime,
    expr: usedAbove,
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
    wait: '2m',
    threshold: {
      value: 95,
      unit: 'percent',
      because: 'so little is left that any burst ends it, and from then on requests are refused until the reset',
    },
    panel: ANTHROPIC_PROXY_PANELS.utilizationOverTime,
    expr: usedAbove,
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
    wait: '15m',
    threshold: {
      value: 100,
      unit: 'percent',
      because: 'at 100 % the upstream refuses requests, and the window has not reset by then',
    },
    panel: ANTHROPIC_PROXY_PANELS.projectedUtilization,
    expr: (threshold) =>
      and(gt(maxBy(ACCOUNT, value(proxyRecorded.projectedUtilization)), threshold), gt(used(), WORTH_A_FORECAST)),
    links: ['job', 'credential'],
    summary: ({ credential, window, value }) =>
      `Credential ${credential} will have used ${value.fixed(0)} % of its ${window} window when it resets.`,
    description: ({ window, threshold }) =>
      `If use goes on as it does, the ${window} window passes ${threshold} % before its reset.`,
    action: 'Find who burns the window and whether it will go on; spread the work or add a credential in time.',
  }),
]);
