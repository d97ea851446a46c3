import { proxy } from '#catalog';
import type { Sample } from './exposition.ts';
import type { CredentialRow, Snapshot, WindowRow } from './snapshot.ts';

/** How many of something there were, the most frequent first. */
export type Tally = readonly (readonly [what: string, count: number])[];

/** What two snapshots of a proxy give together. */
export interface Figures {
  readonly requestsPerSecond: number;
  readonly promptTokensPerSecond: number;
  readonly outputTokensPerSecond: number;
  /** Share of the prompt tokens that came from the cache; null without any. */
  readonly cachedShare: number | null;
  /** Since the start. */
  readonly requests: number;
  readonly costUsd: number;
  readonly inFlight: number;
  /** Seconds; null without any request. */
  readonly firstByteP50: number | null;
  readonly firstByteP95: number | null;
  readonly overheadP50: number | null;
  readonly answers: Tally;
  readonly upstreamErrors: Tally;
  readonly outcomes: Tally;
  readonly cooldowns: Tally;
  readonly windows: readonly WindowRow[];
  readonly credentials: readonly CredentialRow[];
}

const named = ({ samples }: Snapshot, name: string): readonly Sample[] => samples.filter((one) => one.name === name);

const total = (snapshot: Snapshot, name: string): number =>
  named(snapshot, name).reduce((sum, { value }) => sum + value, 0);

const tally = (snapshot: Snapshot, name: string, label: string): Tally => {
  const counts = new Map<string, number>();
  for (const { labels, value } of named(snapshot, name)) {
    const what = labels[label] ?? '';
    counts.set(what, (counts.get(what) ?? 0) + value);
  }
  return [...counts].filter(([, count]) => count > 0).toSorted(([, one], [, other]) => other - one);
};

type Bucket = readonly [upTo: number, count: number];

/** Observations up to each bound between two snapshots. */
const buckets = (earlier: Snapshot, later: Snapshot, name: string): readonly Bucket[] => {
  const counts = new Map<number, number>();
  const add = (snapshot: Snapshot, sign: 1 | -1): void => {
    for (const { labels, value } of named(snapshot, `${name}_bucket`)) {
      const upTo = Number((labels.le ?? '').replace('+Inf', 'Infinity'));
      counts.set(upTo, (counts.get(upTo) ?? 0) + sign * value);
    }
  };
  add(later, 1);
  add(earlier, -1);
  return [...counts].toSorted(([one], [other]) => one - other);
};

/** A quantile as Prometheus computes it: within a bucket the observations are taken for evenly spread. */
export const quantile = (share: number, histogram: readonly Bucket[]): number | null => {
  const count = histogram.at(-1)?.[1] ?? 0;
  if (count === 0) return null;
  const rank = share * count;
  const index = histogram.findIndex(([, below]) => below >= rank);
  const [from, before] = histogram[index - 1] ?? [0, 0];
  const [upTo, below] = histogram[index] ?? [0, 0];
  return Number.isFinite(upTo) ? from + ((upTo - from) * (rank - before)) / (below - before) : from;
};

/** The figures of a proxy at the later of two snapshots; rates and quantiles are of the time between them. */
export const figuresOf = (earlier: Snapshot, later: Snapshot): Figures => {
  const seconds = Math.max(0.001, (later.at - earlier.at) / 1_000);
  const grown = (name: string): number => total(later, name) - total(earlier, name);
  const cacheReads = grown(proxy.tokensCacheRead.name);
  const prompt = grown(proxy.tokensInput.name) + cacheReads + grown(proxy.tokensCacheWrite.name);
  const firstByte = buckets(earlier, later, proxy.timeToFirstByte.name);
  return {
    requestsPerSecond: grown(proxy.requests.name) / seconds,
    promptTokensPerSecond: prompt / seconds,
    outputTokensPerSecond: grown(proxy.tokensOutput.name) / seconds,
    cachedShare: prompt === 0 ? null : cacheReads / prompt,
    requests: total(later, proxy.requests.name),
    costUsd: total(later, proxy.cost.name),
    inFlight: total(later, proxy.requestsInFlight.name),
    firstByteP50: quantile(0.5, firstByte),
    firstByteP95: quantile(0.95, firstByte),
    overheadP50: quantile(0.5, buckets(earlier, later, proxy.overhead.name)),
    answers: tally(later, proxy.requests.name, 'status_code'),
    upstreamErrors: tally(later, proxy.upstreamErrors.name, 'error_type'),
    outcomes: tally(later, proxy.outcomes.name, 'outcome'),
    cooldowns: tally(later, proxy.cooldowns.name, 'credential'),
    windows: later.windows,
    credentials: later.credentials,
  };
};
