import { type Headers, headerOf } from '../http/headers.ts';
import type { Clock } from '../time.ts';
import { httpDate } from './times.ts';

/** The clock of the upstream, which decides when a window ends; read off the `date` of its answers. All times are unix milliseconds. */
export interface UpstreamClock {
  now(): number;
  /** By how much the upstream's clock is ahead of ours; 0 where they agree. */
  readonly offset: number;
  /** When an answer was made: its `date`; the time now where it has none or one that cannot be true. */
  madeAt(headers: Headers): number;
}

/** Offsets below this are the whole seconds of `date` and the way of the answer. */
const LEAST_OFFSET_MS = 5_000;

/** The clocks are compared by so many answers of different seconds. */
const SAMPLES = 9;

/** One odd date must not decide alone, nor must two. */
const LEAST_SAMPLES = 3;

/** Dates that are further apart are not of the same clock: answers are on their way for minutes at most. */
const APART_MS = 15 * 60_000;

/** So large a share of the answers has to agree on another clock: several may be of a machine whose clock is wrong. */
const AGREEING = 2 / 3;

/** Late answers make the upstream seem behind, so the greatest differences are the truest; the very greatest may be of an odd date. */
const RANK = 1;

/** A date as far off as this is not of its answer. */
const MAX_AGE_MS = 86_400_000;

/** Makes a clock that agrees with ours until answers show otherwise. */
export const createUpstreamClock = (clock: Clock): UpstreamClock => new DateClock(clock);

class DateClock implements UpstreamClock {
  readonly #clock: Clock;
  readonly #samples: number[] = [];
  #offset = 0;
  /** Answers of one second share the text: it is parsed once. */
  #text = '';
  #date: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get offset(): number {
    return this.#offset;
  }

  now(): number {
    return this.#clock.now() + this.#offset;
  }

  madeAt(headers: Headers): number {
    const text = headerOf(headers, 'date');
    if (text !== undefined && text !== this.#text) this.#read(text);
    const date = text === undefined ? null : this.#date;
    const now = this.now();
    return date === null || Math.abs(now - date) > MAX_AGE_MS ? now : Math.min(date, now);
  }

  #read(text: string): void {
    this.#text = text;
    this.#date = httpDate(text);
    if (this.#date !== null) this.#sample(this.#date - this.#clock.now());
  }

  #sample(difference: number): void {
    this.#samples.push(difference);
    if (this.#samples.length > SAMPLES) this.#samples.shift();
    const sorted = this.#samples.toSorted((a, b) => b - a);
    const median = sorted[sorted.length >> 1] ?? 0;
    const around = (center: number) => sorted.filter((one) => Math.abs(one - center) <= APART_MS);
    const most = around(median);
    const agreeing = most.length >= sorted.length * AGREEING ? most : around(this.#offset);
    if (agreeing.length < LEAST_SAMPLES) return;
    const offset = agreeing[RANK] ?? 0;
    this.#offset = Math.abs(offset) < LEAST_OFFSET_MS ? 0 : offset;
  }
}
