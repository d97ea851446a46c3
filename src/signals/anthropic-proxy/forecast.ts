import {
  fromSeconds,
  proxy,
  proxyRecorded,
  RESET_TOLERANCE_SECONDS,
  type WindowLength,
  type WindowName,
} from '#catalog';
import {
  abs,
  add,
  and,
  at,
  clampMin,
  deriv,
  div,
  groupLeft,
  gt,
  le,
  lt,
  maxBy,
  mul,
  num,
  on,
  sub,
  subquery,
  time,
  unless,
  type Vector,
  value,
} from '#promql';

type Account = 'job' | 'window' | 'credential';

/** The labels of an account and its window, once its replicas are merged. */
export const ACCOUNT = ['job', 'window', 'credential'] as const;

/** The part of a window that has to pass before its slope means anything. */
const EARLY = 0.05;

/** Into how many parts a window is cut: the recent slope covers one of them. */
const PARTS = 10;

/** How many samples the recent slope is drawn through. */
const SAMPLES = 30;

const only = (windows: readonly WindowName[] | undefined) => (windows === undefined ? {} : { window: windows });

/** How much of each window is used, in percent, once for all replicas. */
export const used = (windows?: readonly WindowName[]): Vector<Account> =>
  maxBy(ACCOUNT, value(proxyRecorded.currentUtilization, only(windows)));

/**
 * The same from the replicas that know of the present period of a window. The upstream may begin a new one before its
 * time, and a replica that gets no answer for the credential would hold on to the old figure until the old reset, for
 * days. Where a reset is not known, the figure counts.
 */
export const current = (): Vector<Account> =>
  maxBy(ACCOUNT, unless(value(proxy.utilization), behind(), on('instance', ...ACCOUNT)));

/** The resets that are earlier than what another replica knows by more than one and the same may differ. */
const behind = () =>
  groupLeft(value(proxy.resetsAt), '<', sub(resetsAt(), RESET_TOLERANCE_SECONDS), { by: on(...ACCOUNT) });

const resetsAt = (windows?: readonly WindowName[]): Vector<Account> =>
  maxBy(ACCOUNT, value(proxy.resetsAt, only(windows)));

/** Windows whose reset has passed: their figures belong to a period that is over. */
export const elapsed = (): Vector<Account> => le(resetsAt(), time());

/**
 * Utilization at the reset if it goes on as it does, in percent: what is used, and what the lesser of two slopes adds
 * until then. The lesser, because a burst that has ended is not a trend, and a trend that has just begun is no burst
 * yet. Absent where the window is over or has hardly begun.
 */
export const projected = ({ lengthSeconds, windows }: WindowLength): Vector<Account> => {
  const resets = resetsAt(windows);
  const passed = sub(time(), sub(resets, lengthSeconds));
  const slope = lesser(div(used(windows), passed), recent(lengthSeconds, windows));
  const projection = add(used(windows), mul(slope, sub(resets, time())));
  const begun = lt(resets, add(time(), mul(num(1 - EARLY), lengthSeconds)));
  return and(and(projection, gt(resets, time())), begun);
};

/** The lesser of two, as `a - max(a - b, 0)`, so that `b` is asked for once; where either is missing there is none. */
const lesser = (a: Vector<Account>, b: Vector<Account>): Vector<Account> => sub(a, clampMin(sub(a, b), 0));

/** The slope per second over the last part of a window, without what belongs to the window before it. */
const recent = (lengthSeconds: number, windows: readonly WindowName[]): Vector<Account> =>
  deriv(
    subquery(
      and(used(windows), sameWindow(windows)),
      fromSeconds(lengthSeconds / PARTS),
      fromSeconds(lengthSeconds / PARTS / SAMPLES),
    ),
  );

/** Inside a subquery `@ end()` is the time of the evaluation: the reset of the window that is current then. */
const sameWindow = (windows: readonly WindowName[]): Vector<Account> => {
  const current = maxBy(ACCOUNT, at(value(proxy.resetsAt, only(windows)), 'end'));
  return le(abs(sub(resetsAt(windows), current)), RESET_TOLERANCE_SECONDS);
};
