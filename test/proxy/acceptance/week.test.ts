import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { accountOf, oldUserId, userId } from './people.ts';
import { DAY, HOUR } from './time.ts';
import { message, unified } from './upstream.ts';
import { startWorld, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

const PEOPLE = 50;
const TOKEN_LIFE = 8 * HOUR;

/** A Monday. */
const MONDAY = Date.UTC(2026, 10, 16);

/** The windows of one person's subscription. */
class Subscription {
  readonly #weekEnds: number;
  #shortEnds = 0;
  #short = 0;
  #week = 0;
  #weeks = 0;

  constructor(person: number) {
    this.#weekEnds = MONDAY + ((person % 7) + 1) * DAY;
  }

  get weekUsed(): number {
    return this.#week;
  }

  use(now: number) {
    if (now >= this.#shortEnds) [this.#short, this.#shortEnds] = [0, now + 5 * HOUR];
    if (now >= this.#weekEnds + this.#weeks * 7 * DAY) [this.#week, this.#weeks] = [0, this.#weeks + 1];
    this.#short += 3;
    this.#week += 0.5;
    return unified({
      '5h': { used: this.#short, resetsAt: this.#shortEnds },
      '7d': { used: this.#week, resetsAt: this.#weekEnds + this.#weeks * 7 * DAY },
    });
  }
}

const works = (hour: number, day: number, person: number): boolean => {
  const begins = 7 + (person % 4);
  return day < 5 && hour >= begins && hour < begins + 9;
};

const tokenOf = (person: number, now: number): string => `person${person}-${Math.floor(now / TOKEN_LIFE)}`;

const personOf = (credential: string): number => Number(/^person(\d+)-/.exec(credential)?.[1]);

const descending = (values: readonly number[]) => values.toSorted((a, b) => b - a);

test('in a week of people whose tokens change, every account is tracked and none is exported that is not there', async () => {
  world = await startWorld({ start: MONDAY });
  const subscriptions = Array.from({ length: PEOPLE }, (_, person) => new Subscription(person));
  world.upstream.answer(({ credential }) => message({}, subscriptions[personOf(credential)]?.use(world.clock.now())));
  const lastSeen = new Map<number, number>();
  const sizes: number[] = [];
  for (let at = 0; at < 7 * 24; at += 1) {
    const [day, hour] = [Math.floor(at / 24), at % 24];
    for (let person = 0; person < PEOPLE; person += 1) {
      if (!works(hour, day, person)) continue;
      const account = accountOf(person);
      const user = person % 2 === 0 ? userId(account) : oldUserId(account);
      await world.ask({ client: tokenOf(person, world.clock.now()), userId: user });
      lastSeen.set(person, at);
    }
    const present = [...lastSeen].filter(([, seen]) => at - seen < 2).map(([person]) => person);
    const exported = (await world.scrape()).series('proxy_usage_utilization', { window: '7d' });
    const expected = present.map((person) => subscriptions[person]?.weekUsed ?? 0);
    expect(descending(exported.map(({ value }) => value)), `day ${day}, hour ${hour}`).toEqual(descending(expected));
    if (hour === 17) sizes.push((await stat(join(world.folder, 'state.json'))).size);
    await world.pass(HOUR);
  }
  expect((await world.scrape()).value('proxy_accounts_untracked')).toBe(0);
  expect((await world.scrape()).series('proxy_usage_utilization')).toEqual([]);
  expect(Math.max(...sizes)).toBeLessThan(1.5 * (sizes[0] ?? 0));
}, 120_000);
