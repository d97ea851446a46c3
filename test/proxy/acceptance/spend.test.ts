import { afterEach, describe, expect, test } from 'vitest';
import { MINUTE } from './time.ts';
import { failure, healthy, windowsAt } from './upstream.ts';
import { inTurn, keys, sessions, startWorld, statuses, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

const SPENT = failure(400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.');

describe('a spend limit', () => {
  test('rests its credential for a quarter of an hour, and is tried again then', async () => {
    world = await startWorld({ pool: keys('a', 'b') });
    world.upstream.answer((asked) => (asked.credential === 'a' ? SPENT : healthy(asked)));
    await inTurn(world, sessions(8));
    expect(await world.states()).toEqual({ a: 'cooling', b: 'ready' });
    world.upstream.answer(healthy);
    await world.pass(17 * MINUTE);
    expect(await world.states()).toEqual({ a: 'ready', b: 'ready' });
    const before = world.upstream.messages().length;
    await inTurn(world, sessions(8, { client: 'newcomer' }));
    const asked = world.upstream.messages().slice(before);
    expect(asked.map(({ credential }) => credential)).toContain('a');
  });

  test.each([
    ['the 429 of a tier', 429, 'rate_limit_error', 'You have reached your specified API usage limits.'],
    ['a workspace', 400, 'invalid_request_error', 'You have reached your specified workspace API usage limits.'],
    ['billing', 402, 'billing_error', 'Payment required'],
  ])('is read from the words of the answer: %s', async (_what, status, type, text) => {
    world = await startWorld({ pool: keys('a', 'b') });
    world.upstream.answer((asked) => (asked.credential === 'a' ? failure(status, type, text) : healthy(asked)));
    expect(statuses(await inTurn(world, sessions(8)))).toEqual(Array(8).fill(200));
    const scrape = await world.scrape();
    expect(scrape.value('proxy_credential_cooldowns_total', { credential: 'a', reason: 'spend' })).toBe(1);
  });

  test('is not concluded where the answer says that the subscription is allowed', async () => {
    world = await startWorld({ pool: keys('a', 'b') });
    world.upstream.answer((asked) =>
      asked.isProbe
        ? healthy(asked)
        : failure(
            429,
            'rate_limit_error',
            'You have reached your specified API usage limits.',
            windowsAt(world.clock.now(), 10),
          ),
    );
    await inTurn(world, sessions(4));
    expect(await world.states()).toEqual({ a: 'ready', b: 'ready' });
  });

  test('with one credential is passed on each time', async () => {
    world = await startWorld({ pool: keys('a') });
    world.upstream.answer(() => SPENT);
    const answers = await inTurn(world, sessions(3));
    expect(answers.map(({ body }) => body)).toEqual(Array(3).fill(SPENT.body));
  });
});
