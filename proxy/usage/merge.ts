import { OTHER } from '#catalog';
import type { ApiError, UsageEntry } from './report.ts';

type Json = Readonly<Record<string, unknown>>;

/** The counts of one usage object; null where it does not say. */
interface Counts {
  input: number | null;
  output: number | null;
  cacheRead: number | null;
  cacheWrite: number | null;
  cacheWrite5m: number | null;
  cacheWrite1h: number | null;
  webSearches: number | null;
  tier: string | null;
  speed: string | null;
}

/** Longer texts of errors are cut here: they are for people. */
const MAX_MESSAGE = 1_000;

/** A value as an object; an empty one where it is something else. */
export const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const countOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;

/** The error of `{ type, message }`; null where there is none. */
export const errorOf = (value: unknown): ApiError | null => {
  const { type, message } = objectOf(value);
  return typeof type === 'string' ? { type, message: (textOf(message) ?? '').slice(0, MAX_MESSAGE) } : null;
};

const countsOf = (usage: Json): Counts => {
  const written = objectOf(usage.cache_creation);
  return {
    input: countOf(usage.input_tokens),
    output: countOf(usage.output_tokens),
    cacheRead: countOf(usage.cache_read_input_tokens),
    cacheWrite: countOf(usage.cache_creation_input_tokens),
    cacheWrite5m: countOf(written.ephemeral_5m_input_tokens),
    cacheWrite1h: countOf(written.ephemeral_1h_input_tokens),
    webSearches: countOf(objectOf(usage.server_tool_use).web_search_requests),
    tier: textOf(usage.service_tier),
    speed: textOf(usage.speed),
  };
};

const overlay = (known: Counts, next: Counts): Counts => ({
  input: next.input ?? known.input,
  output: next.output ?? known.output,
  cacheRead: next.cacheRead ?? known.cacheRead,
  cacheWrite: next.cacheWrite ?? known.cacheWrite,
  cacheWrite5m: next.cacheWrite5m ?? known.cacheWrite5m,
  cacheWrite1h: next.cacheWrite1h ?? known.cacheWrite1h,
  webSearches: next.webSearches ?? known.webSearches,
  tier: next.tier ?? known.tier,
  speed: next.speed ?? known.speed,
});

/**
 * The total is authoritative and cumulative while the split by lifetime comes once, so what the split does not cover
 * has the default lifetime of five minutes. Without a total the split stands for itself.
 */
const writesOf = ({ cacheWrite, cacheWrite5m, cacheWrite1h }: Counts): { short: number; long: number } => {
  const total = cacheWrite ?? (cacheWrite5m ?? 0) + (cacheWrite1h ?? 0);
  const long = Math.min(cacheWrite1h ?? 0, total);
  return { short: total - long, long };
};

const entryOf = (model: string, counts: Counts): UsageEntry => {
  const { short, long } = writesOf(counts);
  return {
    model,
    mode: counts.speed === 'fast' ? 'fast' : 'standard',
    batch: counts.tier === 'batch',
    input: counts.input ?? 0,
    output: counts.output ?? 0,
    cacheRead: counts.cacheRead ?? 0,
    cacheWrite5m: short,
    cacheWrite1h: long,
    webSearches: counts.webSearches ?? 0,
  };
};

const TOKENS = ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'webSearches'] as const;

/** Sorts the answering model before others. */
const rank = (entry: UsageEntry, { model }: UsageEntry): number => (entry.model === model ? 0 : 1);

/** What a whole holds beyond its parts, field by field and never below zero. */
const remainder = (whole: UsageEntry, parts: readonly UsageEntry[]): UsageEntry => {
  const rest = TOKENS.map((field): [string, number] => {
    const counted = parts.reduce((sum, part) => sum + part[field], 0);
    return [field, Math.max(0, whole[field] - counted)];
  });
  return { ...whole, ...Object.fromEntries(rest) };
};

/**
 * Merges the usage objects of one response: of each field the last value that is not null counts and nothing is
 * summed, because the figures of `message_delta` are cumulative.
 *
 * Where `iterations` tells the samplings apart, each becomes an entry of its own: compaction and advisors are billed
 * but not in the totals, an advisor has its own model, and the price band goes by each sampling's prompt. Whatever
 * the totals hold beyond the samplings of the answering model (its web searches, figures that came later) is added.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export class UsageMerge {
  #counts: Counts | null = null;
  #model: string | null = null;
  #iterations: readonly unknown[] = [];

  /** Takes the model that answers. */
  model(name: unknown): void {
    this.#model = textOf(name) ?? this.#model;
  }

  /** Takes the next usage object; anything else is passed over. */
  usage(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const usage = objectOf(value);
    const next = countsOf(usage);
    this.#counts = this.#counts === null ? next : overlay(this.#counts, next);
    if (Array.isArray(usage.iterations)) this.#iterations = usage.iterations;
  }

  /** What is billed, the answering model's entry first; empty where no usage came. */
  entries(): readonly UsageEntry[] {
    if (this.#counts === null) return [];
    const total = entryOf(this.#model ?? OTHER, this.#counts);
    if (this.#iterations.length === 0) return [total];
    const samplings = this.#iterations.map((one) => this.#sampling(objectOf(one), total));
    const counted = samplings.filter(({ inTotal }) => inTotal).map(({ entry }) => entry);
    const rest = remainder(total, counted);
    const entries = samplings.map(({ entry }) => entry).sort((a, b) => rank(a, total) - rank(b, total));
    return TOKENS.some((field) => rest[field] > 0) ? [rest, ...entries] : entries;
  }

  #sampling(iteration: Json, total: UsageEntry): { entry: UsageEntry; inTotal: boolean } {
    const model = textOf(iteration.model) ?? total.model;
    const own = entryOf(model, countsOf(iteration));
    const entry = { ...own, mode: iteration.speed === undefined ? total.mode : own.mode, batch: total.batch };
    return { entry, inTotal: model === total.model && iteration.type !== 'compaction' };
  }
}
