import type { UsageEntry } from '../../../proxy/usage/report.ts';

/** A usage entry of one model with no tokens but the given ones. */
export const usageEntry = (counts: Partial<UsageEntry>): UsageEntry => ({
  model: 'claude-opus-4-8',
  mode: 'standard',
  batch: false,
  geo: null,
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  webSearches: 0,
  ...counts,
});
