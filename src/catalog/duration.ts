/** A unit of a Prometheus duration. @see https://prometheus.io/docs/prometheus/latest/querying/basics/#float-literals-and-time-durations */
type DurationUnit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w';

/** A Prometheus duration of one unit (`5m`) or of two (`16h48m`); `5min` does not compile. */
export type Duration = `${number}${DurationUnit}` | `${number}${'d' | 'h' | 'm'}${number}${'h' | 'm' | 's'}`;

const SECONDS: Readonly<Record<DurationUnit, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const PART = /(\d+)(ms|s|m|h|d|w)/g;

/** The shape of every duration that Prometheus and Alertmanager read. */
export const DURATION_PATTERN = /^(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?$/;

/**
 * The length of a duration in seconds.
 *
 * @throws when the text is no Prometheus duration
 */
export const toSeconds = (duration: string): number => {
  if (duration === '' || !DURATION_PATTERN.test(duration)) {
    throw new Error(`'${duration}' is no duration; write a whole number and a unit, such as 30s, 5m, 16h48m or 7d`);
  }
  return [...duration.matchAll(PART)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * SECONDS[unit as DurationUnit],
    0,
  );
};

const BY_SIZE = ['w', 'd', 'h', 'm', 's', 'ms'] as const;

/**
 * The shortest duration text for a number of seconds, in at most two units (60,480 s is `16h48m`).
 *
 * @throws when the number is no positive whole count of milliseconds
 */
export const fromSeconds = (seconds: number): Duration => {
  const milliseconds = Math.round(seconds * 1_000);
  if (!(milliseconds > 0)) throw new Error(`a duration must be positive, got ${seconds} s`);
  for (const unit of BY_SIZE) {
    const size = SECONDS[unit] * 1_000;
    const rest = milliseconds % size;
    const count = Math.floor(milliseconds / size);
    if (count > 0 && rest === 0) return `${count}${unit}`;
    const next = BY_SIZE[BY_SIZE.indexOf(unit) + 1];
    if (
      count > 0 &&
      unit !== 'w' &&
      unit !== 's' &&
      next !== undefined &&
      next !== 'ms' &&
      rest % (SECONDS[next] * 1_000) === 0
    ) {
      return `${count}${unit}${rest / (SECONDS[next] * 1_000)}${next}` as Duration;
    }
  }
  return `${milliseconds}ms`;
};
