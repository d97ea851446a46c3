import { OTHER } from '#catalog';
import { type Json, objectOf } from '../json/json.ts';
import { COUNTED, MAX_TOKENS } from './entries.ts';
import type { UsageEntry } from './report.ts';

/** The counts of one usage object; null where it has none, NaN where what it has is no count. */
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
  geo: string | null;
}

/** The most output tokens, placeholders, that a response reports which was refused before any output. */
const MAX_REFUSED_OUTPUT = 5;

/** The longest text that is kept; ids of models are shorter, ARNs included. */
const MAX_TEXT = 256;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, MAX_TEXT) : null);

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_TOKENS;

const countOf = (value: unknown): number | null => {
  if (value === null || value === undefined) return null;
  return isCount(value) ? value : Number.NaN;
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
    geo: textOf(usage.inference_geo),
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
  geo: next.geo ?? known.geo,
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
    geo: counts.geo,
    input: counts.input ?? 0,
    output: counts.output ?? 0,
    cacheRead: counts.cacheRead ?? 0,
    cacheWrite5m: short,
    cacheWrite1h: long,
    webSearches: counts.webSearches ?? 0,
  };
};

const sumOf = (entries: readonly UsageEntry[], field: (typeof COUNTED)[number]): number =>
  entries.reduce((sum, entry) => sum + entry[field], 0);

const isCredible = (entries: readonly UsageEntry[]): boolean =>
  COUNTED.every((field) => sumOf(entries, field) <= MAX_TOKENS);

/** Sorts the answering model before others. */
const rank = (entry: UsageEntry, { model }: UsageEntry): number => (entry.model === model ? 0 : 1);

/** What a whole holds beyond its parts, field by field and never below zero. */
const remainder = (whole: UsageEntry, parts: readonly UsageEntry[]): UsageEntry => {
  const rest = COUNTED.map((field): [string, number] => [field, Math.max(0, whole[field] - sumOf(parts, field))]);
  return { ...whole, ...Object.fromEntries(rest) };
};

/** One sampling of a response as `iterations` lists it. */
interface Sampling {
  readonly entry: UsageEntry;
  readonly kind: string;
}

/** Samplings that are billed but not part of the totals. */
const isBeside = ({ kind }: Sampling): boolean => kind === 'compaction' || kind.startsWith('advisor');

const isFallback = ({ kind }: Sampling): boolean => kind.startsWith('fallback');

/** What a response bills; without entries where it reports nothing (`absent`) or nothing credible (`unknown`). */
export interface Merged {
  readonly entries: readonly UsageEntry[];
  readonly usage: 'known' | 'unknown' | 'absent';
}

/**
 * Merges the usage objects of one response: of each field the last value that is not null counts and nothing is
 * summed, because the figures of `message_delta` are cumulative. A value that is no count makes the usage unknown.
 *
 * Where `iterations` lists the samplings, each becomes an entry of its own: compaction and advisors are billed but not
 * in the totals, an advisor has its own model, and the price band goes by each sampling's prompt. Whatever the totals
 * hold beyond the samplings of the answering model (its web searches, figures that came later) is added.
 *
 * Where the server fell back to another model, the last attempt's model answers and the totals are its own; an attempt
 * that was declined before any output costs nothing, and neither does a response that ends so.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 * @see https://platform.claude.com/docs/en/build-with-claude/refusals-and-fallback
 */
export class UsageMerge {
  #counts: Counts | null = null;
  #model: string | null = null;
  #iterations: readonly unknown[] = [];
  #refused = false;
  #hasOutput = false;

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

  /** Takes why the answer ended; null where it has not. */
  stopReason(value: unknown): void {
    if (typeof value === 'string') this.#refused = value === 'refusal';
  }

  /** Takes a block of the content. One that marks a fallback names the model that goes on, every other is output. */
  block(value: unknown): void {
    const { type, to } = objectOf(value);
    if (type === 'fallback') this.model(objectOf(to).model);
    else this.#hasOutput = true;
  }

  /** What is billed, the answering model's entry first. */
  merged(): Merged {
    const counts = this.#counts;
    if (counts === null || !hasCount(counts)) return { entries: [], usage: 'absent' };
    if (this.#refused && !this.#hasOutput && (counts.output ?? 0) <= MAX_REFUSED_OUTPUT) {
      return { entries: [], usage: 'known' };
    }
    const entries = this.#entries(entryOf(this.#model ?? OTHER, counts));
    return isCredible(entries) ? { entries, usage: 'known' } : { entries: [], usage: 'unknown' };
  }

  #entries(total: UsageEntry): readonly UsageEntry[] {
    if (this.#iterations.length === 0) return [total];
    const samplings = this.#iterations.map((one) => samplingOf(objectOf(one), total));
    const attempts = samplings.filter((one) => !isBeside(one));
    const last = attempts.at(-1);
    const fallenBack = last !== undefined && attempts.some(isFallback);
    const whole = fallenBack ? { ...total, model: last.entry.model } : total;
    const counted = attempts.filter(({ entry }) => entry.model === whole.model).map(({ entry }) => entry);
    const rest = remainder(whole, counted);
    const isBilled = (one: Sampling): boolean =>
      isBeside(one) || one.entry.output > 0 || (one === last && !this.#refused);
    const billed = fallenBack ? samplings.filter(isBilled) : samplings;
    const entries = billed.map(({ entry }) => entry).sort((a, b) => rank(a, whole) - rank(b, whole));
    return COUNTED.some((field) => rest[field] !== 0) ? [rest, ...entries] : entries;
  }
}

/** Whether a usage object has a count of tokens. */
const hasCount = ({ input, output, cacheRead, cacheWrite, cacheWrite5m, cacheWrite1h }: Counts): boolean =>
  (input ?? output ?? cacheRead ?? cacheWrite ?? cacheWrite5m ?? cacheWrite1h) !== null;

const samplingOf = (iteration: Json, total: UsageEntry): Sampling => {
  const own = entryOf(textOf(iteration.model) ?? total.model, countsOf(iteration));
  const mode = iteration.speed === undefined ? total.mode : own.mode;
  const entry = { ...own, mode, batch: total.batch, geo: own.geo ?? total.geo };
  return { entry, kind: textOf(iteration.type) ?? 'message' };
};
