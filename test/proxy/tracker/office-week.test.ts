import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  accountLabel,
  claim,
  HOUR,
  MINUTE,
  made,
  observe,
  type Recorded,
  record,
  SECOND,
  unified,
  usage,
} from './recorder.ts';

const PEOPLE = 50;
const DAY = 24 * HOUR;
/** A Monday, midnight. */
const MONDAY = Date.UTC(2026, 9, 19);
const TOKEN_LIFE = 8 * HOUR;
const WINDOW = 5 * HOUR;

/** One person at work: a token that changes every eight hours, and the windows of the account as the provider has them. */
class Person {
  readonly account: string;
  readonly #name: number;
  #token = '';
  #fiveHours = { ends: 0, used: 0 };
  #week: { ends: number; used: number };
  /** How many periods of five hours are over, of those in which anything was used. */
  periods = 0;

  constructor(name: number) {
    this.#name = name;
    this.account = `account-${name}`;
    this.#week = { ends: MONDAY + ((name * 7 * DAY) / PEOPLE + HOUR), used: 0 };
  }

  isAtWork(now: number): boolean {
    const day = Math.floor((now - MONDAY) / DAY);
    const hour = ((now - MONDAY) % DAY) / HOUR;
    const isOnCall = this.#name % 25 === 0;
    return isOnCall || (day % 7 < 5 && hour >= 8 + (this.#name % 3) && hour < 17 + (this.#name % 3));
  }

  work({ tracker }: Recorded, now: number): void {
    this.#use(now);
    const token = `token-${this.#name}-${Math.floor((now + this.#name * 10 * MINUTE) / TOKEN_LIFE)}`;
    const headers = { ...this.#headers(), ...made(now) };
    // Some requests, such as those that count tokens, name no account; the first one with a token does.
    const namesNone = token === this.#token && (now / MINUTE) % 60 === 30;
    this.#token = token;
    const label = namesNone ? observe(tracker, token, headers) : claim(tracker, token, this.account, headers);
    tracker.recordUsage(label, [usage('claude-opus-4-6', { input: 1 })]);
  }

  #use(now: number): void {
    if (now >= this.#fiveHours.ends) {
      this.periods += this.#fiveHours.ends === 0 ? 0 : 1;
      this.#fiveHours = { ends: Math.floor(now / HOUR) * HOUR + WINDOW, used: 0 };
    }
    while (now >= this.#week.ends) this.#week = { ends: this.#week.ends + 7 * DAY, used: 0 };
    this.#fiveHours.used += 0.01;
    this.#week.used += 0.001;
  }

  #headers(): Record<string, string> {
    return {
      ...unified('5h', { utilization: this.#fiveHours.used, resetsAt: this.#fiveHours.ends }),
      ...unified('7d', { utilization: this.#week.used, resetsAt: Math.floor(this.#week.ends / SECOND) * SECOND }),
    };
  }
}

/** What can be read at each quarter of an hour. */
interface Reading {
  readonly now: number;
  readonly exported: ReadonlySet<string>;
  readonly seen: ReadonlySet<string>;
  readonly kept: number;
}

const week = () => {
  const recorded = record({ mode: 'pass-through', start: MONDAY });
  const people = Array.from({ length: PEOPLE }, (_, name) => new Person(name));
  const lastSeen = new Map<string, number>();
  const readings: Reading[] = [];
  for (let now = MONDAY; now < MONDAY + 7 * DAY; now += 15 * MINUTE) {
    recorded.time.set(now);
    for (const person of people.filter((one) => one.isAtWork(now))) {
      person.work(recorded, now);
      lastSeen.set(accountLabel(person.account), now);
    }
    const exported = new Set(recorded.tracker.snapshot().map(({ credential }) => credential));
    const seen = new Set([...lastSeen].flatMap(([account, at]) => (now - at <= 2 * HOUR ? [account] : [])));
    readings.push({ now, exported, seen, kept: recorded.tracker.export().accounts.length });
  }
  return { ...recorded, people, readings };
};

describe('a week of fifty people whose tokens change every eight hours', () => {
  const { people, readings, tracker, of } = week();

  test('has every account tracked that was seen within two hours, and no other series', () => {
    expect(readings.find(({ exported, seen }) => !isDeepStrictEqual(exported, seen))).toBeUndefined();
    expect(Math.max(...readings.map(({ seen }) => seen.size))).toBe(PEOPLE);
    expect(Math.min(...readings.map(({ seen }) => seen.size))).toBe(2);
  });

  test('has no account split in two or left out', () => {
    const labels = new Set(of('window').map((event) => (event as { credential: string }).credential));
    expect(labels).toStrictEqual(new Set(people.map(({ account }) => accountLabel(account))));
    expect(tracker.untracked()).toBe(0);
    expect(of('dropped')).toStrictEqual([]);
  });

  test('keeps no more accounts than there are people', () => {
    expect(Math.max(...readings.map(({ kept }) => kept))).toBe(PEOPLE);
  });

  test('counts each period of five hours that was used once', () => {
    const counted = of('reset').filter((event) => (event as { window: string }).window === '5h').length;
    const ended = people.reduce((sum, { periods }) => sum + periods, 0);
    // The last period of each person may be over at the end of the week.
    expect(counted).toBeGreaterThanOrEqual(ended);
    expect(counted).toBeLessThanOrEqual(ended + PEOPLE);
  });
});
