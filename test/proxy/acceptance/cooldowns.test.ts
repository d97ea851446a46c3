import { afterEach, describe, expect, test } from 'vitest';
import { MINUTE, SECOND } from './time.ts';
import { failure, healthy, overloaded, type Script } from './upstream.ts';
import { inTurn, keys, names, sessions, startWorld, statuses, together, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

const overloadedFor =
  (busy: readonly string[]): Script =>
  (asked) =>
    busy.includes(asked.credential) && !asked.isProbe ? overloaded() : healthy(asked);

const cooldowns = async (): Promise<number> => {
  const scrape = await world.scrape();
  return scrape.series('proxy_credential_cooldowns_total').reduce((sum, { value }) => sum + value, 0);
};

describe('an overload', () => {
  test.each([
    ['529', overloaded()],
    ['529 without words', { status: 529, body: '' }],
    ['503 with its type', failure(503, 'overloaded_error', 'Overloaded')],
  ])('of the whole upstream reaches the client after two credentials and cools none (%s)', async (_what, refusal) => {
    world = await startWorld({ pool: keys(...names(20)) });
    world.upstream.answer((asked) => (asked.isProbe ? healthy(asked) : refusal));
    const answers = await together(world, sessions(10));
    expect(new Set(statuses(answers))).toEqual(new Set([refusal.status]));
    expect(world.upstream.messages().length).toBeLessThanOrEqual(20);
    expect(await cooldowns()).toBe(0);
    world.upstream.answer(healthy);
    const after = await together(world, sessions(40));
    expect(statuses(after)).toEqual(Array(40).fill(200));
    expect(
      new Set(
        world.upstream
          .messages()
          .slice(-40)
          .map(({ credential }) => credential),
      ).size,
    ).toBeGreaterThan(10);
  });

  test('of one credential is answered by another, and rests that one for half a minute', async () => {
    world = await startWorld({ pool: keys('a', 'b', 'c') });
    world.upstream.answer(overloadedFor(['a']));
    expect(statuses(await inTurn(world, sessions(9)))).toEqual(Array(9).fill(200));
    expect(await world.states()).toEqual({ a: 'cooling', b: 'ready', c: 'ready' });
    expect(world.upstream.messages().filter(({ credential }) => credential === 'a')).toHaveLength(1);
    await world.pass(40 * SECOND);
    expect(await world.states()).toEqual({ a: 'ready', b: 'ready', c: 'ready' });
  });
});

describe('an error that is about no credential', () => {
  test.each([
    [500, 'api_error', 'Internal server error'],
    [504, 'timeout_error', 'The request took too long.'],
    [404, 'not_found_error', 'model: claude-nothing'],
    [413, 'request_too_large', 'Request exceeds the maximum size'],
    [400, 'invalid_request_error', 'max_tokens: Field required'],
  ])('reaches the client with its first credential: %i %s', async (status, type, text) => {
    world = await startWorld({ pool: keys('a', 'b', 'c') });
    world.upstream.answer((asked) => (asked.isProbe ? healthy(asked) : failure(status, type, text)));
    const answer = await world.ask();
    expect(answer.status).toBe(status);
    expect(answer.body).toBe(JSON.stringify({ type: 'error', error: { type, message: text } }));
    expect(world.upstream.messages()).toHaveLength(1);
    await world.pass(MINUTE);
    expect(new Set(Object.values(await world.states()))).toEqual(new Set(['ready']));
    expect(await cooldowns()).toBe(0);
  });
});

test('a 403 of two credentials reaches the client, and changes nothing where probes are accepted', async () => {
  world = await startWorld({ pool: keys('a', 'b', 'c') });
  const refusal = failure(403, 'permission_error', 'Your account has no access to this model.');
  world.upstream.answer((asked) => (asked.isProbe ? healthy(asked) : refusal));
  expect(await world.ask()).toMatchObject({ status: 403, body: refusal.body });
  expect(world.upstream.messages()).toHaveLength(2);
  await world.pass(MINUTE);
  expect(await world.states()).toEqual({ a: 'ready', b: 'ready', c: 'ready' });
  expect(world.upstream.asked.filter(({ isProbe }) => isProbe)).toHaveLength(2);
});

test('a pool of one credential passes each refusal on and goes on asking', async () => {
  world = await startWorld({ pool: keys('a') });
  const refusals = [
    failure(429, 'rate_limit_error', 'limited', { 'retry-after': '600' }),
    overloaded(),
    failure(429, 'rate_limit_error', 'Extra usage is required for long context requests.'),
  ];
  for (const refusal of refusals) {
    world.upstream.answer((asked) => (asked.isProbe ? healthy(asked) : refusal));
    const answer = await world.ask();
    expect(answer.status).toBe(refusal.status);
    expect(answer.body).toBe(refusal.body);
  }
  world.upstream.answer(healthy);
  expect((await world.ask()).status).toBe(200);
});
