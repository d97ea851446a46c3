import type { RequestRecord } from '../../../proxy/request/record.ts';
import { NO_USAGE } from '../../../proxy/usage/body.ts';
import type { UsageEntry } from '../../../proxy/usage/report.ts';

/** An entry of a model with a known price. */
export const usageEntry = (entry: Partial<UsageEntry> = {}): UsageEntry => ({
  model: 'claude-opus-4-8',
  mode: 'standard',
  batch: false,
  geo: null,
  input: 25,
  output: 120,
  cacheRead: 4_000,
  cacheWrite5m: 100,
  cacheWrite1h: 200,
  webSearches: 0,
  ...entry,
});

/** The record of a stream that went well. */
export const requestRecord = (record: Partial<RequestRecord> = {}): RequestRecord => ({
  requestId: 'req_011CSHoEeqs5C35K2UUqR7Fy',
  at: Date.UTC(2026, 10, 21, 12),
  method: 'POST',
  path: '/v1/messages',
  domain: 'proxy.example',
  stream: true,
  status: 200,
  outcome: 'finished',
  refusal: null,
  credential: 'team-a',
  fingerprint: null,
  sessionId: 'session-1',
  report: { ...NO_USAGE, entries: [usageEntry()], usage: 'known' },
  durationMs: 1_234.567,
  ttfbMs: 432.125,
  requestBytes: 2_000,
  responseBytes: 5_000,
  overheadMs: 0.3,
  errorType: null,
  errorMessage: null,
  ...record,
});
