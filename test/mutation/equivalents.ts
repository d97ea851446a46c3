import type { Mutant } from './mutants.ts';

/** A mutant that no case can tell from its rule, because both say the same of all that can happen. */
export interface Equivalent {
  readonly rule: string;
  /** What has changed, as the mutant says it. */
  readonly change: string;
  /** Which of several equal changes. @default 1 */
  readonly place?: number;
  /** The proof, in one line. */
  readonly because: string;
}

const SAME_BUCKETS =
  'every replica has every bucket, so the mean is the sum by a constant, and a quantile has no scale';

const ONE_FORECAST = 'a window has one length, so the recorded series is one for each set of these labels';

const ONE_UTILIZATION =
  'what is used is recorded with these labels and a static one, so there is one series for each set';

/** Where rules read the recorded utilization: which of their equal aggregations do. */
const READERS: readonly (readonly [rule: string, ...places: number[]])[] = [
  ['AnthropicProxyUtilizationHigh', 1],
  ['AnthropicProxyUtilizationCritical', 1],
  ['AnthropicProxyWindowExhaustionProjected', 2],
  ...['5h', '7d'].map(
    (length) =>
      [
        `window_credential:proxy_usage_utilization:projected_at_reset{instance="account", length="${length}"}`,
        ...[1, 2, 4, 6],
      ] as const,
  ),
];

const readingUtilization: readonly Equivalent[] = READERS.flatMap(([rule, ...places]) =>
  places.flatMap((place) =>
    ['min', 'sum'].map((other) => ({
      rule,
      change: `max by (job, window, credential) → ${other}`,
      place,
      because: ONE_UTILIZATION,
    })),
  ),
);

/** Every mutant that may survive, with its proof. */
export const EQUIVALENTS: readonly Equivalent[] = [
  ...readingUtilization,
  {
    rule: 'AnthropicProxyCredentialCoolingOften',
    change: '> 3: 3 → 3.3',
    because: 'the rounded number is whole, and a whole number above 3 is above 3.3',
  },
  {
    rule: 'AnthropicProxyServerErrorShareHigh',
    change: '> 4: 4 → 4.4',
    because: 'the rounded number is whole, and a whole number above 4 is above 4.4',
  },
  {
    rule: 'AlertmanagerConfigurationsDiffer',
    change: '> 1: 1 → 1.1',
    because: 'the number of configurations is whole, and a whole number above 1 is above 1.1',
  },
  {
    rule: 'AnthropicProxyNoCredentialReady',
    change: '< 1: 1 → 0.9',
    because: 'the number of credentials is whole, and a whole number below 1 is below 0.9',
  },
  {
    rule: 'AnthropicProxyNoCredentialReady',
    change: 'sum by (job, instance) → max',
    because: 'no state is below 0, so the greatest is 0 where the sum is 0, and 1 where it is more',
  },
  {
    rule: 'AnthropicProxyRequestLatencyHigh',
    change: 'sum by (job, stream, le) → avg',
    because: SAME_BUCKETS,
  },
  {
    rule: 'AnthropicProxyFirstByteLatencyHigh',
    change: 'sum by (job, stream, le) → avg',
    because: SAME_BUCKETS,
  },
  {
    rule: 'AnthropicProxyWindowExhaustionProjected',
    change: 'max by (job, window, credential) → min',
    because: ONE_FORECAST,
  },
  {
    rule: 'AnthropicProxyWindowExhaustionProjected',
    change: 'max by (job, window, credential) → sum',
    because: ONE_FORECAST,
  },
  {
    rule: 'AnthropicProxyCredentialExpired',
    change: 'max by (job, credential) → sum',
    because: 'no state is below 0, so the sum is above 0 where the greatest is',
  },
  { rule: 'Watchdog', change: 'vector(1) >: 1 → 0.9', because: '0.9 is above 0 as well, and the words quote no value' },
  { rule: 'Watchdog', change: 'vector(1) >: 1 → 1.1', because: '1.1 is above 0 as well, and the words quote no value' },
  { rule: 'Watchdog', change: '> 0: 0 → -1', because: '1 is above -1 as well' },
  { rule: 'Watchdog', change: '> 0 → >=', because: '1 is not 0' },
  {
    rule: 'LokiReceivesNothing',
    change: 'vector(0 → -1)',
    because: 'the vector stands for no lines at all: 0 and -1 are below the same threshold, and the value is not shown',
  },
];

/** Whether an entry of the list is about a mutant of a rule. */
export const isAbout =
  (rule: string, { change, place }: Mutant) =>
  (entry: Equivalent): boolean =>
    entry.rule === rule && entry.change === change && (entry.place ?? 1) === place;
