import { OTHER, type StatusCode } from '#catalog';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Sink } from './records.ts';
import type { TokenStats } from './token-stats.ts';
import type { BilledEntry } from './usage/bill.ts';
import type { UsageEntry } from './usage/report.ts';

const MS_PER_SECOND = 1_000;

const STREAMING = { stream: 'true' } as const;
const WHOLE = { stream: 'false' } as const;
const NO_LABELS = {};

/** A status as a label value: the instrument folds what the closed list lacks. */
const statusCode = (status: number): StatusCode => String(status) as StatusCode;

/** Counts requests, times, sizes, tokens and cost; what is slow or fails carries the request's id as an exemplar. */
export const metricsSink =
  (metrics: Metrics): Sink =>
  (record, { entries }) => {
    const { requestId } = record;
    const stream = record.stream ? STREAMING : WHOLE;
    metrics.requests.inc({ stream: stream.stream, status_code: statusCode(record.status) }, 1, requestId);
    metrics.outcomes.inc({ outcome: record.outcome });
    metrics.requestDuration.observe(stream, record.durationMs, requestId);
    metrics.overhead.observe(NO_LABELS, record.overheadMs / MS_PER_SECOND);
    if (record.ttfbMs !== null) metrics.timeToFirstByte.observe(stream, record.ttfbMs / MS_PER_SECOND, requestId);
    if (record.requestBytes > 0) metrics.requestBodySize.observe(NO_LABELS, record.requestBytes);
    for (const billed of entries) countEntry(metrics, billed);
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

/** Writes the line of the finished request; `tokens` counts the whole prompt, caches included. */
export const logSink =
  (log: Log): Sink =>
  (record, bill) =>
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

/** What keeps the tokens of rate-limit windows. */
export interface UsageKeeper {
  recordUsage(credential: string, entries: readonly UsageEntry[]): void;
}

/** Counts tokens in the rate-limit windows of the credential that paid for them. */
export const trackerSink =
  (tracker: UsageKeeper): Sink =>
  ({ credential, report }) => {
    if (credential !== null && report !== null && report.entries.length > 0) {
      tracker.recordUsage(credential, report.entries);
    }
  };

/** Counts tokens by the host that the client asked for. */
export const tokenStatsSink =
  (stats: TokenStats): Sink =>
  ({ domain }, { prompt, output }) =>
    stats.add(domain, { input: prompt, output });
