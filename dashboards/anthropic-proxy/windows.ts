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

const toProjection = () => toPanel('Will it last until the reset?', PANELS.projectedUtilization);

const utilization = (window: ShownWindow) =>
  gauge({
    panel: window === '5h' ? PANELS.utilization5h : PANELS.utilization7d,
    title: `${window} Utilization`,
    description:
      `How full the ${window} window of each credential is. At 100 % the upstream refuses requests until the window resets, ` +
      'unless extra usage is on. Orange or red: see under "Projected utilization at reset" whether it lasts, and under ' +
      `"${window} Window Tokens" which model uses it up. A fall to 0 is the reset.`,
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
    noValue: 'No window known',
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
      'How full every window of every credential was; 7d_sonnet and 7d_opus count one family of models. A steep line is a ' +
      'burst: find its model under "5h Window Tokens". Click a line to see its credential alone. A line that falls to 0 has ' +
      'been reset; one that stays flat while requests flow gets no news: then the upstream no longer reports utilization.',
    unit: unitOf(proxy.utilization),
    softMax: 100,
    display: [WORTH_A_LOOK],
    queries: [draw(signals.utilization, { drill: toCredential() })],
    links: [toProjection(), toResets()],
  });

/** Whether the upstream goes on beyond full windows, and for how long. */
export const extraUsage = () =>
  timeseries({
    panel: PANELS.extraUsage,
    title: 'Extra usage',
    description:
      'Paid usage beyond the windows, by credential: how many percent of its monthly limit are spent, and on the right the ' +
      'credits. While it is on and below 100, a full window refuses nothing: a page about it can wait until the morning. "off" ' +
      'is at 0 where it is switched off: then a full window stops its credential until the reset. A line that begins to climb ' +
      'is a window that is full: see "Utilization Over Time". Only subscriptions whose usage may be polled tell of it.',
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
    links: [toPanel('How full the windows are', PANELS.utilizationOverTime)],
    noValue: 'No credential has told of extra usage',
  });

/** How often windows ended. */
export const windowResets = () =>
  timeseries({
    panel: PANELS.windowResets,
    title: 'Window resets',
    description:
      'How many periods of each window ended within the last hour, as the replica saw it that saw most. Normal: a 5h window ' +
      'ends at most once in five hours, a 7d window once a week. More often: the upstream begins windows before their time, or ' +
      'its reset times jump, and forecasts begin anew each time. None for days while requests flow: it no longer tells of resets.',
    unit: unitOf(proxy.resets),
    decimals: 0,
    queries: [
      query(maxBy(['window', 'credential'], round(increase(proxy.resets, '1h'))), '{{window}} {{credential}}', {
        drill: toCredential(),
      }),
    ],
    links: [toPanel('Utilization', PANELS.utilizationOverTime), toResets()],
    noValue: 'No window known',
  });

/** How full every window will be when it resets. */
export const projectedUtilization = () =>
  timeseries({
    panel: PANELS.projectedUtilization,
    title: 'Projected utilization at reset',
    description:
      'How full each window will be when it resets if use goes on as it does: the lesser of its average and its recent slope. ' +
      'Above 100 the window is used up before its reset: slow the heaviest model or user down, or add a credential. A ' +
      'forecast belongs to an account, not to a pod: with single pods chosen under Instance, choose "account" as well.',
    unit: unitOf(proxyRecorded.projectedUtilization),
    softMax: 100,
    queries: [draw(signals.projectedUtilization, { drill: toCredential() })],
    links: [toPanel('Utilization so far', PANELS.utilizationOverTime), toResets()],
    noValue:
      'No forecast: every window has just begun or is over, a 7d window has samples of less than half an hour, or ' +
      'Instance leaves out "account"',
  });

/**
 * Credentials whose tokens a replica began to count after the window had begun. Where the window is over, counting began
 * anew at or after its end, so nothing of it is missing.
 */
const countedLate = (window: ShownWindow): Vector<(typeof ACCOUNT)[number]> => {
  const since = maxBy(ACCOUNT, value(proxy.windowTokensSince, { window }));
  const resetsAt = maxBy(ACCOUNT, value(proxy.resetsAt, { window }));
  const begin = sub(num(RESET_TOLERANCE_SECONDS), RATE_LIMIT_WINDOWS[window].lengthSeconds);
  return lt(gt(sub(since, resetsAt), begin), 0);
};

/** The same tokens with a label `count` that names them, and says so where a part of the window is missing. */
const named = <L extends string>(tokens: Vector<L>, window: ShownWindow, name: string): Vector<L | 'count'> =>
  or(
    withLabel(unless(tokens, countedLate(window), on()), 'count', name),
    withLabel(and(tokens, countedLate(window), on()), 'count', `${name}, partial`),
  );

const windowTokens = (direction: 'input' | 'output', window: ShownWindow) =>
  query(named(sumBy([], value(proxy.windowTokens, { window, direction })), window, `${window} window`), '{{count}}');

const PARTIAL =
  '"partial" means that a replica began to count after the window had begun, so the true figure is higher: a restart ' +
  'without stored state, or a new replica.';

/** Input tokens of the current windows. */
export const windowTokensIn = () =>
  stat({
    panel: PANELS.windowTokensIn,
    title: 'Window Tokens In',
    description:
      'Input tokens, those of caches left out, that all replicas counted in the current windows; back to 0 at a reset. ' +
      `Against utilization they tell what a percent costs. ${PARTIAL}`,
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
      'Output tokens that all replicas counted in the current windows; back to 0 at a reset. Output weighs most in ' +
      `utilization: a jump here without one in requests is a few long answers. ${PARTIAL}`,
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
      `Tokens counted in the ${window} window, by what they were and by model, over one length of the window; they fall to 0 ` +
      'at a reset. The steepest line is what fills the window: click it to see its model alone. Growing input with flat ' +
      `cache_read is a cache that has gone cold: see "Cache efficiency". ${PARTIAL}`,
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
