import type { UsageEntry } from '../usage/reader.ts';
import { KeyLimits } from './key-limits.ts';
import type { Observation } from './observation.ts';
import type { ExtraUsage } from './poll.ts';
import { isNewer, madeBy, type Reading } from './reading.ts';
import { sums, type TokenSums } from './tokens.ts';
import { isPlausible, newWindow, type Observed, type PeriodEnd, Window, type WindowData } from './window.ts';
import type { WindowNames } from './window-names.ts';

/** A window of an account; `credential` is the account's label. */
export interface WindowEvent {
  readonly credential: string;
  readonly window: string;
}

/** A period of a window that is over, with the tokens that were counted in it. */
export interface ResetEvent extends WindowEvent, TokenSums {
  /** When it was to end, in unix milliseconds. */
  readonly resetsAt: number | null;
  /** When the next one ends, in unix milliseconds; null where no answer has given it yet. */
  readonly nextResetsAt: number | null;
  /** Its last utilization in percent. */
  readonly utilization: number | null;
}

/** A window above the warning line. */
export interface HighEvent extends WindowEvent {
  /** Percent. */
  readonly utilization: number;
  /** When it resets, in unix milliseconds. */
  readonly resetsAt: number | null;
}

/** What the tracker reports as it happens; it is counted and logged elsewhere. */
export interface TrackerEvents {
  /** A window is seen for the first time. */
  onWindow(event: WindowEvent): void;
  /** A period of a window is over. */
  onReset(event: ResetEvent): void;
  /** A window passes the warning line for the first time in its period. */
  onHigh(event: HighEvent): void;
  /** A window of an answer is dropped, because there are too many windows or accounts. */
  onDropped(event: { readonly label: 'window' | 'credential' }): void;
  /** An account is not tracked any more; its series can be removed. */
  onForgotten(event: { readonly credential: string }): void;
  /** Something that is worth keeping over a restart has changed. */
  onChange(): void;
}

/** What an account is made of. */
export interface AccountOptions {
  readonly credential: string;
  readonly names: WindowNames;
  readonly events: TrackerEvents;
}

/** The windows, per-minute limits and extra usage of one account. */
export class Account {
  /** The label `credential` of all that is counted for it. */
  readonly credential: string;
  /** The hash of the account that clients claim to use with it; null where none do. */
  claim: string | null = null;
  readonly limits = new KeyLimits();
  /** When an answer last came for it, in unix milliseconds. */
  seenAt = 0;
  /** Changes when an answer arrives while nothing live is known of it: credentials that were believed before have to agree anew. */
  epoch = 0;
  /** Whether the tracker has dropped it. */
  isForgotten = false;
  extraUsage: Reading<ExtraUsage> | null = null;
  readonly #windows = new Map<string, Window>();
  readonly #names: WindowNames;
  readonly #events: TrackerEvents;

  constructor({ credential, names, events }: AccountOptions) {
    this.credential = credential;
    this.#names = names;
    this.#events = events;
  }

  /** The windows by name. */
  get windows(): ReadonlyMap<string, Window> {
    return this.#windows;
  }

  /** Whether nothing is lost when the account is forgotten: all its periods are over, or have no known end. */
  isOver(now: number): boolean {
    return !this.#some((window) => !window.data.elapsed && (window.state().resetsAt ?? 0) > now);
  }

  /** Whether the end of a present period is known. */
  isLive(now: number): boolean {
    return this.#some((window) => window.isLive(now));
  }

  /** Whether reset times are those of this account: each that can be compared with a live window is the same, and one can be. */
  agrees(seen: readonly Observation[], madeAt: number, now: number): boolean {
    let compared = 0;
    for (const { window: name, resetsAt } of seen) {
      const window = this.#windows.get(name);
      if (resetsAt === null || !window?.isLive(now) || !isPlausible(resetsAt, madeAt, window.traits)) continue;
      if (!window.agrees(resetsAt)) return false;
      compared += 1;
    }
    return compared > 0;
  }

  /** Lets windows whose time has come elapse. */
  roll(now: number): void {
    this.seenAt = Math.min(this.seenAt, now);
    for (const window of this.#windows.values()) window.roll(now);
  }

  /** Takes in one window of an answer. */
  observe(observed: Observed): void {
    const name = observed.seen.window;
    const window = this.#windows.get(name) ?? this.#open(name, () => newWindow(observed.now));
    if (window === undefined) {
      this.#events.onDropped({ label: 'window' });
      return;
    }
    window.observe(observed);
    if (!window.warn()) return;
    const { utilization, resetsAt } = window.state();
    this.#events.onHigh({ ...this.#named(name), utilization: utilization ?? 0, resetsAt });
  }

  /** Takes in the extra usage of an answer. */
  observeExtraUsage(value: ExtraUsage, madeAt: number, now: number): void {
    if (isNewer(this.extraUsage && madeBy(this.extraUsage, now), madeAt)) this.extraUsage = { value, madeAt };
  }

  /** Puts a window back as it was before a restart; false where there are too many. */
  restore(name: string, data: WindowData): boolean {
    return this.#open(name, () => data) !== undefined;
  }

  /** Adds the tokens of response entries to the windows that count them. */
  add(entries: readonly UsageEntry[]): void {
    for (const window of this.#windows.values()) window.add(entries);
  }

  /** Gives back the names of the windows; the account must not be used any more. */
  close(): void {
    this.isForgotten = true;
    for (const name of this.#windows.keys()) this.#names.release(name);
  }

  #some(holds: (window: Window) => boolean): boolean {
    for (const window of this.#windows.values()) if (holds(window)) return true;
    return false;
  }

  #open(name: string, create: () => WindowData): Window | undefined {
    const known = this.#windows.get(name);
    if (known !== undefined || !this.#names.take(name)) return known;
    const window = new Window({ name, data: create(), onEnd: (end) => this.#reset(name, end) });
    this.#windows.set(name, window);
    this.#events.onWindow(this.#named(name));
    return window;
  }

  #reset(name: string, { tokens, ...end }: PeriodEnd): void {
    this.#events.onReset({ ...this.#named(name), ...end, ...sums(tokens) });
    this.#events.onChange();
  }

  #named(window: string): WindowEvent {
    return { credential: this.credential, window };
  }
}
