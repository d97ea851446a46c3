import { type ModelFamily, RESET_TOLERANCE_SECONDS } from '#catalog';

/** What the pool needs to know of a rate-limit window. Times are unix milliseconds. */
export interface WindowView {
  readonly window: string;
  /** The models that it counts: all, those of one family, or null where that is not known. */
  readonly counts: 'all' | ModelFamily | null;
  /** Percent; null where it is not known. */
  readonly utilization: number | null;
  readonly resetsAt: number | null;
  /** `allowed`, `allowed_warning`, `rejected` or another word of the API; null where it is not known. */
  readonly status: string | null;
  /** Whether its time to reset has come, by the clock of the upstream, and no answer has named the next one. */
  readonly elapsed: boolean;
}

/** The windows of a credential, each as its newest answer describes it. */
export type WindowsOf = (id: string) => readonly WindowView[];

/** A window that refused a request, as it was then. */
export interface RefusingWindow {
  readonly window: string;
  readonly counts: WindowView['counts'];
  readonly utilization: number | null;
  readonly resetsAt: number | null;
  /** When it refused. */
  readonly at: number;
}

const WHOLE = 100;

/** How long a window that names no reset time is left alone before it is tried again. */
export const UNKNOWN_RESET_MS = 5 * 60_000;

/** No refusal lasts longer: the longest window of an account has seven days, and a wrong time must not lock a credential out. */
export const MAX_REFUSAL_MS = 8 * 86_400_000;

/** Where our clock is ahead of the upstream's, a window goes on after its reset time; it is looked at again after this time. */
const SOON_MS = 1_000;

const TOLERANCE_MS = RESET_TOLERANCE_SECONDS * 1_000;

const isFull = ({ utilization }: WindowView): boolean => utilization !== null && utilization >= WHOLE;

/** Whether a window is rejected or full now. */
export const isExhausted = (view: WindowView): boolean => !view.elapsed && (view.status === 'rejected' || isFull(view));

/** The utilization of a window now; 0 for one that has elapsed, or where it is not known. */
export const utilizationNow = ({ elapsed, utilization }: WindowView): number => (elapsed ? 0 : (utilization ?? 0));

/** Whether a window counts the requests of a family; the account's own windows count all. */
export const countsFor = ({ counts }: WindowView, family: ModelFamily | null): boolean =>
  counts === 'all' || (counts !== null && counts === family);

const isSamePeriod = (one: number | null, other: number | null): boolean =>
  one === other || (one !== null && other !== null && Math.abs(one - other) <= TOLERANCE_MS);

/**
 * Until when a window that refused a request goes on to refuse, by what is known of it now; null where it does not: its
 * time has come, or a newer answer says that it has room or is of another period.
 */
export const refusesUntil = (refusing: RefusingWindow, view: WindowView | undefined, now: number): number | null => {
  if (view === undefined || !isExhausted(view)) return null;
  const fell = (view.utilization ?? WHOLE) < (refusing.utilization ?? 0);
  if (!isFull(view) && (fell || !isSamePeriod(view.resetsAt, refusing.resetsAt))) return null;
  const latest = refusing.at + (view.resetsAt === null ? UNKNOWN_RESET_MS : MAX_REFUSAL_MS);
  if (now >= latest) return null;
  return Math.min(Math.max(view.resetsAt ?? latest, now + SOON_MS), latest);
};
