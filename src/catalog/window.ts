/** A rate-limit window of a subscription: how its two sources name it and how long it is. */
export interface RateLimitWindow {
  /** The name in `anthropic-ratelimit-unified-<name>-*` response headers, or null where headers lack it. */
  readonly header: string | null;
  /** The key in the answer of `/api/oauth/usage`, or null where the poll lacks it. */
  readonly poll: string | null;
  /** Length in seconds. */
  readonly lengthSeconds: number;
  /** The text that a model id contains when the window counts its tokens; null counts all, 'none' counts nothing. */
  readonly counts: 'all' | 'sonnet' | 'opus' | 'none';
}

const FIVE_HOURS = 18_000;
const SEVEN_DAYS = 604_800;

/** The windows known by name; others that appear at run time are shown without a forecast, because their length is unknown. */
export const RATE_LIMIT_WINDOWS = {
  '5h': { header: '5h', poll: 'five_hour', lengthSeconds: FIVE_HOURS, counts: 'all' },
  '7d': { header: '7d', poll: 'seven_day', lengthSeconds: SEVEN_DAYS, counts: 'all' },
  '7d_sonnet': { header: null, poll: 'seven_day_sonnet', lengthSeconds: SEVEN_DAYS, counts: 'sonnet' },
  '7d_opus': { header: null, poll: 'seven_day_opus', lengthSeconds: SEVEN_DAYS, counts: 'opus' },
  '7d_oi': { header: '7d_oi', poll: null, lengthSeconds: SEVEN_DAYS, counts: 'none' },
} as const satisfies Readonly<Record<string, RateLimitWindow>>;

/** The name of a window whose length is known. */
export type WindowName = keyof typeof RATE_LIMIT_WINDOWS;

/** The names of the known windows, shortest first. */
export const WINDOW_NAMES = Object.keys(RATE_LIMIT_WINDOWS) as readonly WindowName[];

/** The most windows a proxy tracks; further names are dropped and counted. */
export const MAX_WINDOWS = 16;

/** Reset times that differ by at most this much belong to the same window: the sources differ by about a second and truncate to the minute. */
export const RESET_TOLERANCE_SECONDS = 60;

/** A length that known windows have: its name, and the windows of that length. */
export interface WindowLength {
  readonly name: '5h' | '7d';
  readonly lengthSeconds: number;
  readonly windows: readonly WindowName[];
}

const windowLength = (name: WindowLength['name'], lengthSeconds: number): WindowLength => ({
  name,
  lengthSeconds,
  windows: WINDOW_NAMES.filter((window) => RATE_LIMIT_WINDOWS[window].lengthSeconds === lengthSeconds),
});

/** The lengths that known windows have, each with the windows of that length. */
export const WINDOW_LENGTHS = [windowLength('5h', FIVE_HOURS), windowLength('7d', SEVEN_DAYS)] as const;
