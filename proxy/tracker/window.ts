import { type proxyLabels, RESET_TOLERANCE_SECONDS, type WindowTraits, windowTraits } from '#catalog';
import type { UsageEntry } from '../usage/reader.ts';
import type { Observation } from './observation.ts';
import { isNewer, madeBy, type Reading, wholeSecond } from './reading.ts';
import { addTo, countsModel, type TokenTable, type TokenTally, tallyOf } from './tokens.ts';

/** Where a utilization came from. */
export type Source = (typeof proxyLabels.source.values)[number];

/** A reset time that came. All times are unix milliseconds. */
export interface TimedEnd {
  readonly at: number;
  /** When the answer was made that gave the time. */
  readonly by: number;
  /** When the first answer about the period after it was made; null while there is none. */
  readonly next: number | null;
}

/** What is known of a window. All times are unix milliseconds by the clock of the upstream, and 0 for never. */
export interface WindowData {
  /** Percent; null until an answer gives it. */
  readonly utilization: (Reading<number> & { readonly source: Exclude<Source, 'elapsed'> }) | null;
  /** Its value is null where a sharp fall has shown that the time known before is void. */
  readonly resetsAt: Reading<number | null> | null;
  readonly status: Reading<string> | null;
  /** When the present period began; an answer made before that is of an earlier one. */
  readonly from: number;
  /** Whether the present period's reset time has come, and no answer has described the next one yet. */
  readonly elapsed: boolean;
  /** The last reset times that came, the newest last. */
  readonly ends: readonly TimedEnd[];
  /** How many ends were counted that were none, as late answers show; so many of the next ones are not counted. */
  readonly overcounted: number;
  /** Whether the present period's warning was given. */
  readonly warned: boolean;
  /** Since when tokens were counted. */
  readonly since: number;
  readonly tokens: TokenTable;
}

/** A window as an answer describes it. */
export interface Observed {
  readonly seen: Observation;
  readonly source: Exclude<Source, 'elapsed'>;
  /** When the answer was made. */
  readonly madeAt: number;
  /** When it came. */
  readonly now: number;
}

/** A period that is over. */
export interface PeriodEnd {
  /** When it was to end. */
  readonly resetsAt: number | null;
  /** When the next one ends; null where no answer has given it yet. */
  readonly nextResetsAt: number | null;
  /** Its last utilization in percent. */
  readonly utilization: number | null;
  readonly tokens: TokenTable;
}

/** A window at present. */
export interface WindowState {
  readonly utilization: number | null;
  readonly resetsAt: number | null;
  readonly status: string | null;
  readonly source: Source;
  /** When the answer with the utilization was made, or the period ended without one; null for neither. */
  readonly learnedAt: number | null;
}

/** Above this utilization, in percent, a window's period gets its warning. */
export const HIGH_UTILIZATION = 80;

/** The utilization, in percent, from which on requests are refused. */
const FULL = 100;

/** The status of a window that is used up. */
const REJECTED = 'rejected';

/** A fall to below this utilization, in percent, is the start of a period if it is also a fall by half. */
const SHARP_FALL_BELOW = 20;

const TOLERANCE = RESET_TOLERANCE_SECONDS * 1_000;

/** The longest that a window of unknown length may have: a month, and some days. */
const LONGEST_MS = 35 * 86_400_000;

const lengthOf = ({ lengthSeconds }: WindowTraits): number =>
  lengthSeconds === null ? LONGEST_MS : lengthSeconds * 1_000;

/** Whether an answer of that time can name a reset time of a window: one further off than the window is long cannot be of its present period. */
export const isPlausible = (resetsAt: number, madeAt: number, traits: WindowTraits): boolean =>
  Math.abs(resetsAt - madeAt) <= lengthOf(traits) + TOLERANCE;

const fellSharply = (before: number, utilization: number): boolean =>
  utilization < SHARP_FALL_BELOW && utilization < before && utilization <= before / 2;

/** Answers that are late by more than so many periods correct no count. */
const MAX_ENDS = 4;

/** Whether an answer shows that an end was none: its time had been moved to a later one before it came, and an answer taken for one of the next period was of the same. */
const disproves =
  (value: number, madeAt: number) =>
  ({ at, by, next }: TimedEnd): boolean =>
    madeAt >= by && madeAt < at && value > at + TOLERANCE && (next === null || value > next);

/** A window of which nothing is known yet. */
export const newWindow = (now: number): WindowData => ({
  utilization: null,
  resetsAt: null,
  status: null,
  from: 0,
  elapsed: false,
  ends: [],
  overcounted: 0,
  warned: false,
  since: now,
  tokens: new Map(),
});

/** What a window is made of. */
export interface WindowOptions {
  readonly name: string;
  readonly data: WindowData;
  /** A period of it is over. */
  readonly onEnd: (end: PeriodEnd) => void;
}

/**
 * A rate-limit window of one account.
 *
 * Of utilization, reset time and status each has the value that the newest answer gave it, in whichever order answers
 * arrive. A period ends when its reset time has come or when utilization falls sharply; a reset time that moves is a
 * correction. A late answer can show that a period which was taken to be over goes on: its end is then not counted again.
 */
export class Window {
  readonly #traits: WindowTraits;
  readonly #onEnd: (end: PeriodEnd) => void;
  readonly #data: { -readonly [Key in keyof WindowData]: Key extends 'tokens' ? TokenTally : WindowData[Key] };

  constructor({ name, data, onEnd }: WindowOptions) {
    this.#traits = windowTraits(name);
    this.#data = { ...data, tokens: tallyOf(data.tokens) };
    this.#onEnd = onEnd;
  }

  get traits(): WindowTraits {
    return this.#traits;
  }

  /** What is known of it at present; not a copy. */
  get data(): WindowData {
    return this.#data;
  }

  /** Whether its present period runs, and when it ends is known. */
  isLive(now: number): boolean {
    const resetsAt = this.#resetsAt;
    return !this.#data.elapsed && resetsAt !== null && resetsAt - now > TOLERANCE;
  }

  /** Whether a reset time is that of the present period. */
  agrees(resetsAt: number): boolean {
    return this.#resetsAt !== null && Math.abs(this.#resetsAt - resetsAt) <= TOLERANCE;
  }

  /** Lets the time pass: when the reset time has come, the period is over. */
  roll(now: number): void {
    if (this.madeAt > now || this.#data.from > now) this.#stampBy(now);
    const { elapsed, ends } = this.#data;
    const resetsAt = this.#resetsAt;
    // The clock was ahead of the upstream's when the time seemed to have come.
    if (elapsed && now < this.#endedAt) this.#resume(ends.slice(0, -1));
    else if (!elapsed && resetsAt !== null && now >= resetsAt) this.#elapse(resetsAt);
  }

  /** The clock was ahead of the upstream's: what it stamped is not newer than all that comes. */
  #stampBy(now: number): void {
    const { utilization, resetsAt, status, from } = this.#data;
    this.#set({
      utilization: utilization && madeBy(utilization, now),
      resetsAt: resetsAt && madeBy(resetsAt, now),
      status: status && madeBy(status, now),
      from: from > now ? wholeSecond(now) : from,
    });
  }

  /** Takes in what an answer reports of it. */
  observe({ seen, source, madeAt, now }: Observed): void {
    this.roll(now);
    const before = this.#resetsAt;
    if (seen.resetsAt !== null && isPlausible(seen.resetsAt, madeAt, this.#traits)) {
      this.#takeReset(seen.resetsAt, madeAt);
    }
    const { utilization, status } = seen;
    if (utilization !== null && isNewer(this.#data.utilization, madeAt)) {
      if (this.#falls(utilization, madeAt)) this.#restart(before, madeAt, now);
      this.#data.utilization = { value: utilization, madeAt, source };
    }
    if (status !== null && isNewer(this.#data.status, madeAt)) this.#data.status = { value: status, madeAt };
    this.roll(now);
  }

  /** Adds the tokens of those entries that the window counts. */
  add(entries: readonly UsageEntry[]): void {
    const { counts } = this.#traits;
    for (const entry of entries) if (countsModel(counts, entry.model)) addTo(this.#data.tokens, entry);
  }

  /** Whether the present period is above the warning line; true once a period. */
  warn(): boolean {
    const utilization = this.#utilization;
    if (this.#data.warned || utilization === null || utilization <= HIGH_UTILIZATION) return false;
    this.#set({ warned: true });
    return true;
  }

  /** The window at present. */
  state(): WindowState {
    const { utilization, elapsed, from } = this.#data;
    const resetsAt = this.#resetsAt;
    if (elapsed) return { utilization: 0, resetsAt, status: null, source: 'elapsed', learnedAt: this.#endedAt };
    const status = this.#status;
    if (utilization !== null && utilization.madeAt >= from) {
      const { value, source, madeAt } = utilization;
      return { utilization: value, resetsAt, status, source, learnedAt: madeAt };
    }
    return from > 0
      ? { utilization: 0, resetsAt, status, source: 'elapsed', learnedAt: from }
      : { utilization: null, resetsAt, status, source: 'header', learnedAt: null };
  }

  /** When the newest answer about it was made; 0 for none. */
  get madeAt(): number {
    const { utilization, resetsAt, status } = this.#data;
    return Math.max(utilization?.madeAt ?? 0, resetsAt?.madeAt ?? 0, status?.madeAt ?? 0);
  }

  /** What `state` says of it, without the rest: each answer asks for it twice. */
  get #utilization(): number | null {
    const { utilization, elapsed, from } = this.#data;
    if (elapsed) return 0;
    if (utilization !== null && utilization.madeAt >= from) return utilization.value;
    return from > 0 ? 0 : null;
  }

  get #resetsAt(): number | null {
    return this.#data.resetsAt?.value ?? null;
  }

  /** The status of the present period; a window that was `rejected` is not any more when a newer answer gives it room. */
  get #status(): string | null {
    const { utilization, status, from } = this.#data;
    if (status === null || status.madeAt < from) return null;
    const hasRoom = utilization !== null && utilization.madeAt > status.madeAt && utilization.value < FULL;
    return status.value === REJECTED && hasRoom ? null : status.value;
  }

  get #endedAt(): number {
    return this.#data.ends.at(-1)?.at ?? 0;
  }

  #set(changed: Partial<Omit<WindowData, 'tokens'>>): void {
    Object.assign(this.#data, changed);
  }

  #takeReset(value: number, madeAt: number): void {
    const { elapsed, ends, resetsAt } = this.#data;
    const newest = isNewer(resetsAt, madeAt);
    if (newest) this.#data.resetsAt = { value, madeAt };
    if (ends.length === 0) return;
    const isNone = disproves(value, madeAt);
    const last = ends.at(-1);
    const goesOn = elapsed && newest && last !== undefined && isNone(last);
    // The end at which a window has elapsed stands until a newer answer disproves it.
    const kept = ends.filter((end) => !isNone(end) || (elapsed && !goesOn && end === last));
    if (goesOn) this.#resume(kept);
    else this.#setEnds(kept);
    if (this.#data.elapsed && newest && value > this.#endedAt + TOLERANCE) this.#begin(madeAt);
  }

  /** Keeps those ends alone that were ends. */
  #setEnds(ends: readonly TimedEnd[]): void {
    const { ends: before, overcounted } = this.#data;
    if (ends.length < before.length) this.#set({ ends, overcounted: overcounted + before.length - ends.length });
  }

  /** The period that seemed to be over goes on. */
  #resume(ends: readonly TimedEnd[]): void {
    this.#setEnds(ends);
    this.#set({ elapsed: false });
  }

  /** The first answer about the next period has come: what answers gave until then was of the last one, even if made after its end. */
  #begin(madeAt: number): void {
    const { ends } = this.#data;
    const [last] = ends.slice(-1);
    const begun = last === undefined ? [] : [{ ...last, next: madeAt }];
    const unknown = { utilization: null, status: null, warned: false };
    this.#set({ ...unknown, elapsed: false, from: this.#endedAt, ends: [...ends.slice(0, -1), ...begun] });
  }

  /** Counts an end, unless one too many was counted before. */
  #end(end: PeriodEnd): void {
    const { overcounted } = this.#data;
    if (overcounted > 0) this.#set({ overcounted: overcounted - 1 });
    else this.#onEnd(end);
  }

  #elapse(resetsAt: number): void {
    const { from, since, ends, resetsAt: reading } = this.#data;
    const utilization = this.#utilization;
    const tokens = this.#takeTokens();
    const end = { at: resetsAt, by: reading?.madeAt ?? 0, next: null };
    this.#set({
      elapsed: true,
      ends: [...ends, end].slice(-MAX_ENDS),
      since: Math.max(since, resetsAt),
    });
    // A period that a sharp fall has just ended ended at this very time.
    const isKnown = from > 0 && resetsAt - from <= TOLERANCE;
    if (!isKnown) this.#end({ resetsAt, nextResetsAt: null, utilization, tokens });
  }

  /** The tokens that were counted so far; counting starts anew. */
  #takeTokens(): TokenTable {
    const counted = this.#data.tokens;
    this.#data.tokens = new Map();
    return counted;
  }

  #falls(utilization: number, madeAt: number): boolean {
    const { elapsed, from } = this.#data;
    const before = this.#utilization;
    return !elapsed && madeAt >= from && before !== null && fellSharply(before, utilization);
  }

  /** Begins a period in which utilization has fallen; the reset time that was known before is void if the answer gives none. */
  #restart(before: number | null, madeAt: number, now: number): void {
    const { resetsAt } = this.#data;
    const utilization = this.#utilization;
    const tokens = this.#takeTokens();
    const kept = resetsAt !== null && resetsAt.madeAt >= madeAt ? resetsAt : { value: null, madeAt };
    this.#set({ from: madeAt, warned: false, resetsAt: kept, since: now });
    this.#end({ resetsAt: before, nextResetsAt: kept.value, utilization, tokens });
  }
}
