import { OTHER, type StatusCode } from '#catalog';
import type { Log } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { RequestRecord } from '../request/record.ts';
import type { BilledEntry } from '../usage/bill.ts';
import type { UsageEntry } from '../usage/report.ts';
import type { Recorded, Sink } from './records.ts';
import type { TokenStats } from './token-stats.ts';

const MS_PER_SECOND = 1_000;

const STREAMING = { stream: 'true' } as const;
const WHOLE = { stream: 'false' } as const;
const NO_LABELS = {};

/** A status as a label value: the instrument folds what the closed list lacks. */
const statusCode = (status: number): StatusCode => String(status) as StatusCode;

/** Takes one record; what it throws keeps no other from its work. */
export type TakeRecord = (recorded: Recorded) => void;

/** One sink for all that keeps records in memory or hands them on at once. */
export const inMemory = (takers: readonly TakeRecord[]): Sink => ({
  name: 'memory',
  write: (batch) => {
    let failure: unknown;
    for (const recorded of batch) for (const take of takers) failure = failureOf(take, recorded) ?? failure;
    if (failure !== undefined) throw failure;
  },
  flush: async () => undefined,
});

const failureOf = (take: TakeRecord, recorded: Recorded): unknown => {
  try {
    take(recorded);
    return undefined;
  } catch (error) {
    return error ?? new Error('a sink failed');
  }
};

/**
 * Counts requests, times, sizes, tokens and cost; what is slow or fails carries the request's id as an exemplar. What the
 * proxy refused itself has neither times nor a size: it would pass for fast requests.
 */
export const countRecord =
  (metrics: Metrics): TakeRecord =>
  ({ record, bill }) => {
    const { requestId, outcome, refusal } = record;
    const stream = record.stream ? STREAMING : WHOLE;
    metrics.requests.inc({ stream: stream.stream, status_code: statusCode(record.status) }, 1, requestId);
    metrics.outcomes.inc({ outcome });
    if (refusal !== null) return;
    observeTimes(metrics, record, stream);
    if (record.report?.usage === 'unknown') metrics.usageUnknown.inc(NO_LABELS);
    for (const billed of bill.entries) countEntry(metrics, billed);
  };

const observeTimes = (metrics: Metrics, record: RequestRecord, stream: typeof STREAMING | typeof WHOLE): void => {
  const { requestId, durationMs, overheadMs, ttfbMs, requestBytes } = record;
  metrics.requestDuration.observe(stream, durationMs, requestId);
  metrics.overhead.observe(NO_LABELS, overheadMs / MS_PER_SECOND);
  if (ttfbMs !== null) metrics.timeToFirstByte.observe(stream, ttfbMs / MS_PER_SECOND, requestId);
  if (requestBytes > 0) metrics.requestBodySize.observe(NO_LABELS, requestBytes);
};

const countEntry = (metrics: Metrics, { entry, model, usd }: BilledEntry): void => {
  const labels = { model };
  if (model === OTHER && entry.model !== OTHER) metrics.labelsFolded.inc({ label: 'model' });
  metrics.tokensInput.inc(labels, entry.input);
  metrics.tokensOutput.inc(labels, entry.output);
  metrics.tokensCacheRead.inc(labels, entry.cacheRead);
  metrics.tokensCacheWrite.inc({ model, ttl: '5m' }, entry.cacheWrite5m);
  metrics.tokensCacheWrite.inc({ model, ttl: '1h' }, entry.cacheWrite1h);
  if (usd === null) countUnpriced(metrics, entry);
  else metrics.cost.inc(labels, usd);
};

const countUnpriced = ({ unpricedTokens }: Metrics, entry: UsageEntry): void => {
  unpricedTokens.inc({ direction: 'input' }, entry.input);
  unpricedTokens.inc({ direction: 'output' }, entry.output);
  unpricedTokens.inc({ direction: 'cache_read' }, entry.cacheRead);
  unpricedTokens.inc({ direction: 'cache_write' }, entry.cacheWrite5m + entry.cacheWrite1h);
};

/** Tenths of a millisecond are as exact as a line needs to be. */
const tenths = (ms: number): number => Math.round(ms * 10) / 10;

/** Nanodollars: what is below is the noise of floating-point sums. */
const nanos = (usd: number): number => Math.round(usd * 1e9) / 1e9;

/** Writes the line of each request that was forwarded; `tokens` counts the whole prompt, caches included. */
export const logRecord =
  (log: Pick<Log, 'requestFinished'>): TakeRecord =>
  ({ record, bill }) => {
    if (record.refusal !== null) return;
    log.requestFinished({
      input_tokens: bill.input,
      output_tokens: bill.output,
      cache_read_tokens: bill.cacheRead,
      cache_write_tokens: bill.cacheWrite,
      model: bill.model,
      credential: record.credential,
      stream: record.stream,
      status: String(record.status),
      outcome: record.outcome,
      duration: tenths(record.durationMs),
      ttfb: record.ttfbMs === null ? null : tenths(record.ttfbMs),
      domain: record.domain,
      method: record.method,
      path: record.path,
      tokens: { input: bill.prompt, output: bill.output, total: bill.prompt + bill.output },
      cost_usd: bill.usd === null ? null : nanos(bill.usd),
      request_id: record.requestId,
    });
  };

/** What keeps the tokens of rate-limit windows. */
export interface UsageKeeper {
  recordUsage(credential: string, entries: readonly UsageEntry[], fingerprint: string | null): void;
}

/** Counts tokens in the rate-limit windows of the credential that paid for them. */
export const keepUsage =
  (tracker: UsageKeeper): TakeRecord =>
  ({ record: { credential, fingerprint }, bill }) => {
    if (credential === null || bill.entries.length === 0) return;
    const entries = bill.entries.map(({ entry }) => entry);
    tracker.recordUsage(credential, entries, fingerprint);
  };

/** Counts tokens, and those of successful requests by the host that the client asked for. */
export const countTokens =
  (stats: TokenStats): TakeRecord =>
  ({ record: { domain, status, refusal }, bill: { prompt, output } }) => {
    if (refusal === null) stats.add(status >= 200 && status < 300 ? domain : null, { input: prompt, output });
  };
