/** A unit of a Prometheus duration. @see https://prometheus.io/docs/prometheus/latest/querying/basics/#float-literals-and-time-durations */
type DurationUnit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w';

/** A Prometheus duration of one unit (`5m`) or of two (`16h48m`); `5min` does not compile. */
export type Duration = `${number}${DurationUnit}` | `${number}${'d' | 'h' | 'm'}${number}${'h' | 'm' | 's'}`;

const MILLISECONDS: Readonly<Record<DurationUnit, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const PART = /(\d+)(ms|s|m|h|d|w)/g;

/** Every duration that Prometheus and Alertmanager accept, except for years. */
export const DURATION_PATTERN = /^(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?$/;

/**
 * The length of a duration in seconds.
 *
 * @throws when the text is not a valid Prometheus duration
 */
export const toSeconds = (duration: string): number => {
  if (duration === '' || !DURATION_PATTERN.test(duration)) {
    throw new Error(
      `'${duration}' is not a valid duration; write an integer and a unit, such as 30s, 5m, 16h48m or 7d`,
    );
  }
  const parts = [...duration.matchAll(PART)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * MILLISECONDS[unit as DurationUnit], 0) / 1_000;
};

/** The units that a duration is written in, largest first: one, or one and the next smaller. */
const SHAPES: readonly (readonly [DurationUnit, DurationUnit?])[] = [
  ['w'],
  ['d', 'h'],
  ['h', 'm'],
  ['m', 's'],
  ['s'],
  ['ms'],
];

/**
 * The shortest notation of a number of seconds, to the millisecond and in at most two units (60,480 s is `16h48m`).
 *
 * @throws when the number is not positive, or too large to be exact
 */
export const fromSeconds = (seconds: number): Duration => {
  const milliseconds = Math.round(seconds * 1_000);
  if (!(milliseconds > 0 && Number.isSafeInteger(milliseconds))) {
    throw new Error(`a duration must be positive and finite; received ${seconds} s`);
  }
  for (const [unit, next] of SHAPES) {
    const text = writtenIn(milliseconds, unit, next);
    if (text !== undefined) return text;
  }
  return `${milliseconds}ms`;
};

const writtenIn = (milliseconds: number, unit: DurationUnit, next: DurationUnit | undefined): Duration | undefined => {
  const count = Math.floor(milliseconds / MILLISECONDS[unit]);
  const rest = milliseconds % MILLISECONDS[unit];
  if (count === 0) return undefined;
  if (rest === 0) return `${count}${unit}`;
  if (next === undefined || rest % MILLISECONDS[next] !== 0) return undefined;
  return `${count}${unit}${rest / MILLISECONDS[next]}${next}` as Duration;
};
