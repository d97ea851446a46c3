import type { UsageEntry } from '../usage/reader.ts';
import type { ExtraUsage } from './poll.ts';
import { countsModel, plus, sums, type TokenSums } from './tokens.ts';
import { type Heard, hear, needsWarning, newWindow, roll, type Step, type Window } from './window.ts';
import type { WindowNames } from './window-names.ts';

/** A window of a credential. */
export interface WindowEvent {
  readonly credential: string;
  readonly window: string;
}

/** A period of a window that is over, with the tokens that were counted in it. */
export interface ResetEvent extends WindowEvent, TokenSums {
  /** When it was to end, in unix milliseconds. */
  readonly resetsAt: number | null;
  /** When the next one ends, in unix milliseconds; null where the clock ended it and no answer has told yet. */
  readonly nextResetsAt: number | null;
  /** Its last utilization in percent. */
  readonly utilization: number | null;
}

/** A window above the warning line. */
export interface HighEvent extends WindowEvent {
  readonly utilization: number;
  /** When it resets, in unix milliseconds. */
  readonly resetsAt: number | null;
}

/** What the tracker tells as it happens; counting and logging it is done elsewhere. */
export interface TrackerEvents {
  /** A window is seen for the first time. */
  onWindow(event: WindowEvent): void;
  /** A period of a window is over. */
  onReset(event: ResetEvent): void;
  /** A window passes the warning line for the first time in its period. */
  onHigh(event: HighEvent): void;
  /** What was said of a window is passed over, because there are too many windows or credentials. */
  onDropped(event: { readonly label: 'window' | 'credential' }): void;
  /** Something that is worth keeping over a restart has changed. */
  onChange(): void;
}

/** What an account is made of. */
export interface AccountOptions {
  readonly credential: string;
  readonly names: WindowNames;
  readonly events: TrackerEvents;
}

/** The windows of one credential. */
export class Account {
  extraUsage: ExtraUsage | null = null;
  /** When an answer last told of it, in unix milliseconds. */
  heardAt = 0;
  readonly #windows = new Map<string, Window>();
  readonly #credential: string;
  readonly #names: WindowNames;
  readonly #events: TrackerEvents;

  constructor({ credential, names, events }: AccountOptions) {
    this.#credential = credential;
    this.#names = names;
    this.#events = events;
  }

  /** The windows by name. */
  get windows(): ReadonlyMap<string, Window> {
    return this.#windows;
  }

  /** Whether nothing is lost when the account is forgotten: all its periods are over. */
  get isOver(): boolean {
    return [...this.#windows.values()].every(({ elapsed, resetsAt }) => elapsed || resetsAt === null);
  }

  /** Lets windows whose time has come elapse. */
  roll(now: number): void {
    for (const [name, window] of this.#windows) this.#settle(name, window, roll(window, now));
  }

  /** Takes in what an answer said of one window. */
  hear(heard: Heard): void {
    const name = heard.said.window;
    const window = this.#open(name, () => newWindow(heard.source, heard.now));
    if (window === undefined) {
      this.#events.onDropped({ label: 'window' });
      return;
    }
    const current = this.#settle(name, window, roll(window, heard.now));
    const told = this.#settle(name, current, hear(current, heard));
    this.#warn(name, this.#settle(name, told, roll(told, heard.now)));
  }

  /** Puts a window back as it was before a restart; false where there are too many. */
  restore(name: string, window: Window): boolean {
    return this.#open(name, () => window) !== undefined;
  }

  /** Adds the tokens of response entries to the windows that count them. */
  add(entries: readonly UsageEntry[]): void {
    for (const [name, window] of this.#windows) {
      const counted = entries.filter(({ model }) => countsModel(name, model));
      if (counted.length > 0) this.#windows.set(name, { ...window, tokens: counted.reduce(plus, window.tokens) });
    }
  }

  /** Gives back the names of the windows; the account must not be used any more. */
  close(): void {
    for (const name of this.#windows.keys()) this.#names.release(name);
  }

  #open(name: string, create: () => Window): Window | undefined {
    const known = this.#windows.get(name);
    if (known !== undefined || !this.#names.take(name)) return known;
    const window = create();
    this.#windows.set(name, window);
    this.#events.onWindow(this.#named(name));
    return window;
  }

  #settle(name: string, before: Window, { window, reset }: Step): Window {
    if (window !== before) this.#windows.set(name, window);
    if (reset) {
      const nextResetsAt = window.elapsed ? null : window.resetsAt;
      const { resetsAt, utilization, tokens } = before;
      this.#events.onReset({ ...this.#named(name), resetsAt, nextResetsAt, utilization, ...sums(tokens) });
      this.#events.onChange();
    }
    return window;
  }

  #warn(name: string, window: Window): void {
    if (!needsWarning(window)) return;
    this.#windows.set(name, { ...window, warned: true });
    const { utilization, resetsAt } = window;
    this.#events.onHigh({ ...this.#named(name), utilization: utilization ?? 0, resetsAt });
  }

  #named(window: string): WindowEvent {
    return { credential: this.#credential, window };
  }
}
