import {
  DASHBOARD_UIDS,
  LOGS_PANELS,
  ANTHROPIC_PROXY_PANELS as PANELS,
  proxy,
  proxyRecorded,
  RATE_LIMIT_WINDOWS,
  RESET_TOLERANCE_SECONDS,
} from '#catalog';
import {
  and,
  gt,
  increase,
  lt,
  maxBy,
  num,
  on,
  or,
  round,
  sub,
  sumBy,
  unless,
  type Vector,
  value,
  withLabel,
} from '#promql';
import { anthropicProxySignals as signals } from '#signals';
import {
  COLORS,
  DIRECTION_COLORS,
  draw,
  gauge,
  onlyThis,
  query,
  stat,
  timeseries,
  toPanel,
  unitOf,
  WORTH_A_LOOK,
} from '../house/index.ts';

type ShownWindow = '5h' | '7d';

const ACCOUNT = ['job', 'window', 'credential'] as const;

const toCredential = () => onlyThis('credential', DASHBOARD_UIDS.anthropicProxy);

const toResets = () => toPanel('Resets in the logs', LOGS_PANELS.windowResets);

const toProjection = () => toPanel('Projected utilization', PANELS.projectedUtilization);

const utilization = (window: ShownWindow) =>
  gauge({
    panel: window === '5h' ? PANELS.utilization5h : PANELS.utilization7d,
    title: `${window} Utilization`,
    description:
      `How full the ${window} window of each credential is. At 100% the upstream rejects requests until the window resets, ` +
      'unless extra usage is enabled. Orange or red: "Projected utilization at reset" shows whether the window lasts, and ' +
      `"${window} Window Tokens" which model uses it up. A drop to 0 is the reset.`,
    unit: unitOf(proxy.utilization),
    fullAt: 100,
    decimals: 1,
    display: [WORTH_A_LOOK],
    queries: [
      query(maxBy(ACCOUNT, value(proxy.utilization, { window })), '{{credential}}', {
        signal: signals.utilization,
        drill: toCredential(),
      }),
    ],
    links: [toProjection(), toResets()],
    noValue: 'No known window',
  });

/** How full the five-hour window is now. */
export const utilization5h = () => utilization('5h');

/** How full the seven-day window is now. */
export const utilization7d = () => utilization('7d');

/** How full every window was. */
export const utilizationOverTime = () =>
  timeseries({
    panel: PANELS.utilizationOverTime,
    title: 'Utilization Over Time',
    description:
      'How full each window of each credential was; 7d_sonnet and 7d_opus count only one model family. A steep line is a ' +
      'burst: "5h Window Tokens" shows its model. A drop to 0 is a reset. A line that stays flat while requests flow is out ' +
      'of date: the upstream no longer reports utilization. Click a line to filter by its credential.',
    unit: unitOf(proxy.utilization),
    softMax: 100,
    display: [WORTH_A_LOOK],
    queries: [draw(signals.utilization, { drill: toCredential() })],
    links: [toProjection(), toResets()],
  });

/** Paid usage beyond full windows, and how much of it is left. */
export const extraUsage = () =>
  timeseries({
    panel: PANELS.extraUsage,
    title: 'Extra usage',
    description:
      'Paid usage beyond the windows, by credential: the spent share of its monthly limit, and on the right the credits. ' +
      'While it is enabled and below 100%, a full window does not cause rejected requests, and a page about it can wait until ' +
      'morning. "off" is at 0 where it is disabled: there a full window blocks the credential until the reset. A line that ' +
      'begins to rise means that a window is full: see "Utilization Over Time". Only subscriptions that are polled for usage ' +
      'report it.',
    unit: unitOf(proxy.extraUsageUtilization),
    softMax: 100,
    queries: [
      query(maxBy(['credential'], value(proxy.extraUsageUtilization)), '{{credential}} spent', {
        drill: toCredential(),
      }),
      query(lt(maxBy(['credential'], value(proxy.extraUsageEnabled)), 1), '{{credential}} off', {
        unit: unitOf(proxy.extraUsageEnabled),
        drill: toCredential(),
      }),
      query(maxBy(['credential'], value(proxy.extraUsageUsed)), '{{credential}} credits', {
        unit: unitOf(proxy.extraUsageUsed),
        drill: toCredential(),
      }),
      query(maxBy(['credential'], value(proxy.extraUsageLimit)), '{{credential}} limit', {
        unit: unitOf(proxy.extraUsageLimit),
        drill: toCredential(),
      }),
    ],
    links: [toPanel('Utilization', PANELS.utilizationOverTime)],
    noValue: 'No credential reports extra usage',
  });

/** How often windows reset. */
export const windowResets = () =>
  timeseries({
    panel: PANELS.windowResets,
    title: 'Window resets',
    description:
      'Resets of each window within the last hour, from the replica that observed the most. Normal: a 5h window resets at ' +
      'most once in five hours, a 7d window once a week. More often: the upstream starts windows early, or its reset times ' +
      'jump, and each time the forecasts start over. None for days while requests flow: the upstream no longer reports ' +
      'resets.',
    unit: unitOf(proxy.resets),
    decimals: 0,
    queries: [
      query(maxBy(['window', 'credential'], round(increase(proxy.resets, '1h'))), '{{window}} {{credential}}', {
        drill: toCredential(),
      }),
    ],
    links: [toPanel('Utilization', PANELS.utilizationOverTime), toResets()],
    noValue: 'No known window',
  });

/** How full every window will be when it resets. */
export const projectedUtilization = () =>
  timeseries({
    panel: PANELS.projectedUtilization,
    title: 'Projected utilization at reset',
    description:
      'How full each window will be when it resets if usage continues at this rate: the lower of its average and its recent ' +
      'slope. Above 100% the window is used up before its reset: slow down the heaviest model or user, or add a credential. A ' +
      'forecast belongs to an account, not to a pod: if you select single pods under Instance, select "account" as well.',
    unit: unitOf(proxyRecorded.projectedUtilization),
    softMax: 100,
    queries: [draw(signals.projectedUtilization, { drill: toCredential() })],
    links: [toPanel('Utilization so far', PANELS.utilizationOverTime), toResets()],
    noValue:
      'No forecast: every window has just begun or has ended, a 7d window has samples for less than half an hour, or ' +
      '"account" is not selected under Instance',
  });

/**
 * Credentials whose tokens a replica started to count after the window had begun. Once a window has ended, counting starts
 * over, so nothing is missing.
 */
const countedLate = (window: ShownWindow): Vector<(typeof ACCOUNT)[number]> => {
  const since = maxBy(ACCOUNT, value(proxy.windowTokensSince, { window }));
  const resetsAt = maxBy(ACCOUNT, value(proxy.resetsAt, { window }));
  const begin = sub(num(RESET_TOLERANCE_SECONDS), RATE_LIMIT_WINDOWS[window].lengthSeconds);
  return lt(gt(sub(since, resetsAt), begin), 0);
};

/** The same tokens with their name in a label `count`, followed by "partial" where a part of the window is missing. */
const named = <L extends string>(tokens: Vector<L>, window: ShownWindow, name: string): Vector<L | 'count'> =>
  or(
    withLabel(unless(tokens, countedLate(window), on()), 'count', name),
    withLabel(and(tokens, countedLate(window), on()), 'count', `${name}, partial`),
  );

const windowTokens = (direction: 'input' | 'output', window: ShownWindow) =>
  query(named(sumBy([], value(proxy.windowTokens, { window, direction })), window, `${window} window`), '{{count}}');

const PARTIAL =
  '"partial" means that a replica started counting after the window had begun, because it restarted without stored state or ' +
  'is new, so the true number is higher.';

/** Input tokens of the current windows. */
export const windowTokensIn = () =>
  stat({
    panel: PANELS.windowTokensIn,
    title: 'Window Tokens In',
    description:
      'Input tokens, excluding cached ones, that all replicas have counted in the current windows; 0 after a reset. Compared ' +
      `with the utilization they show what one percent of a window is worth. ${PARTIAL}`,
    unit: unitOf(proxy.windowTokens),
    color: COLORS.inward,
    queries: [windowTokens('input', '5h'), windowTokens('input', '7d')],
    links: [toPanel('By model', PANELS.windowTokens5h)],
  });

/** Output tokens of the current windows. */
export const windowTokensOut = () =>
  stat({
    panel: PANELS.windowTokensOut,
    title: 'Window Tokens Out',
    description:
      'Output tokens that all replicas have counted in the current windows; 0 after a reset. Output weighs most in ' +
      `utilization: a jump without more requests means a few long responses. ${PARTIAL}`,
    unit: unitOf(proxy.windowTokens),
    color: COLORS.outward,
    queries: [windowTokens('output', '5h'), windowTokens('output', '7d')],
    links: [toPanel('By model', PANELS.windowTokens5h)],
  });

const windowTokensOverTime = (window: ShownWindow) =>
  timeseries({
    panel: window === '5h' ? PANELS.windowTokens5h : PANELS.windowTokens7d,
    title: `${window} Window Tokens`,
    description:
      `Tokens counted in the ${window} window, by type and by model, over one length of the window; they drop to 0 at a ` +
      'reset. The steepest line is what fills the window: click it to filter by its model. Growing input with flat cache_read ' +
      `means that a cache has gone cold: see "Cache efficiency". ${PARTIAL}`,
    unit: unitOf(proxy.windowTokens),
    timeFrom: window,
    colors: DIRECTION_COLORS,
    queries: [
      query(
        named(sumBy(['direction'], value(proxy.windowTokens, { window })), window, 'total'),
        '{{direction}}: {{count}}',
      ),
      query(sumBy(['direction', 'model'], value(proxy.windowTokens, { window })), '{{direction}}: {{model}}', {
        drill: onlyThis('model', DASHBOARD_UIDS.anthropicProxy),
      }),
    ],
    links: [toResets()],
  });

/** Tokens of the five-hour window over its length. */
export const windowTokens5h = () => windowTokensOverTime('5h');

/** Tokens of the seven-day window over its length. */
export const windowTokens7d = () => windowTokensOverTime('7d');
