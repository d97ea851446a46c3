import { afterEach, describe, expect, test } from 'vitest';
import { DAY } from './time.ts';
import { type Asked, failure, healthy, unified } from './upstream.ts';
import { errorOf, inTurn, names, sessions, startWorld, statuses, tokens, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

const FAMILIES = [
  ['fable', 'claude-fable-5-2', '7d_oi'],
  ['opus', 'claude-opus-5-5', '7d_opus'],
  ['sonnet', 'claude-sonnet-5-5', '7d_sonnet'],
] as const;

const OTHER = 'claude-haiku-5-5';

/** Refuses a model's messages with some credentials because of its family's window. */
const refuse = (model: string, window: string, dead: readonly string[]): void => {
  const resetsAt = world.clock.now() + 3 * DAY;
  const headers = {
    ...unified({ [window]: { used: 100, resetsAt }, '7d': { used: 30, resetsAt } }),
    'retry-after': '259200',
  };
  const isRefused = (asked: Asked) => asked.model === model && dead.includes(asked.credential);
  world.upstream.answer((asked) =>
    isRefused(asked) ? failure(429, 'rate_limit_error', 'You have hit your limit.', headers) : healthy(asked),
  );
};

describe.each(FAMILIES)('the used-up window of the %s family', (family, model, window) => {
  test('leaves the credential ready for other models', async () => {
    world = await startWorld({ pool: tokens('a', 'b'), settings: { poolOauth: 'true' } });
    refuse(model, window, ['a', 'b']);
    await inTurn(world, sessions(4, { model }));
    expect(await world.states()).toEqual({ a: 'ready', b: 'ready' });
    expect(statuses(await inTurn(world, sessions(8, { model: OTHER })))).toEqual(Array(8).fill(200));
    expect(new Set(world.upstream.messages().map(({ credential }) => credential))).toEqual(new Set(['a', 'b']));
  });

  test('of some credentials is remembered, and the family goes to the others', async () => {
    const all = names(8);
    world = await startWorld({ pool: tokens(...all), settings: { poolOauth: 'true' } });
    refuse(model, window, all.slice(0, 4));
    const asked = sessions(24, { model });
    await inTurn(world, asked);
    const learning = world.upstream.messages().length;
    expect(learning).toBeLessThanOrEqual(24 + 4);
    expect(statuses(await inTurn(world, asked))).toEqual(Array(24).fill(200));
    expect(world.upstream.messages()).toHaveLength(learning + 24);
  });

  test('of all credentials costs two calls a request at most, then none, and the refusal names the family', async () => {
    const all = names(8);
    world = await startWorld({ pool: tokens(...all), settings: { poolOauth: 'true' } });
    refuse(model, window, all);
    const first = await world.ask({ model });
    expect(first.status).toBe(429);
    expect(world.upstream.messages().length).toBeLessThanOrEqual(2);
    await inTurn(world, sessions(16, { model }));
    const learned = world.upstream.messages().length;
    expect(learned).toBeLessThanOrEqual(2 + 8 + 2);
    const last = await world.ask({ model });
    expect(world.upstream.messages()).toHaveLength(learned);
    expect(last.status).toBe(429);
    expect(errorOf(last).message).toContain(family);
    expect(errorOf(last).message).toContain('2026-11-21');
  });
});
