import { afterEach, expect, test } from 'vitest';
import { DAY, SECOND } from './time.ts';
import { type Asked, failure, healthy, message, type Reply, unauthorized, unified, windowsAt } from './upstream.ts';
import { type Ask, names, startWorld, tally, together, tokens, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

const PEOPLE = 20;
const ROUNDS = 10;

const MISBEHAVED: readonly Ask[] = [
  { method: 'GET', path: '/v1/organizations/me' },
  { method: 'GET', path: '/v1/models/forbidden' },
  { path: '/v1/messages/count_tokens', body: '{"limited":true}' },
  { model: 'claude-opus-limited' },
  { model: 'claude-sonnet-long-context' },
  { model: 'claude-fable-rejected' },
  { model: 'claude-fable-5-2' },
  { body: '{"unauthorized":true}' },
  { body: 'no json' },
  { headers: { origin: 'https://evil.example' } },
];

const limited = (text: string, headers: Readonly<Record<string, string>>): Reply =>
  failure(429, 'rate_limit_error', text, headers);

const answer = (asked: Asked, now: number): Reply => {
  const week = now + 4 * DAY;
  if (asked.path === '/v1/models/forbidden' || asked.body.includes('unauthorized')) return unauthorized();
  if (asked.body.includes('"limited"') || asked.model === 'claude-opus-limited')
    return limited('limited', { 'retry-after': '600000' });
  switch (asked.model) {
    case 'claude-sonnet-long-context':
      return limited('Extra usage is required for long context requests.', windowsAt(now, 11));
    case 'claude-fable-rejected': {
      const windows = { '5h': { used: 11, resetsAt: now + DAY / 8 }, '7d_oi': { used: 0, resetsAt: week } };
      const fields = { status: 'rejected', 'overage-status': 'rejected', reset: String(Math.floor(week / 1_000)) };
      return limited('You have hit your limit.', { ...unified(windows, fields), 'retry-after': '97200' });
    }
    case 'claude-fable-5-2':
      return limited('You have hit your limit.', unified({ '7d_oi': { used: 100, resetsAt: week } }));
    default:
      return message({}, windowsAt(now, 20));
  }
};

test('one client that misbehaves in every way costs the others no request', async () => {
  world = await startWorld({ pool: tokens(...names(6)), settings: { poolOauth: 'true' } });
  world.upstream.answer((asked) => {
    const known = healthy(asked);
    if (asked.isProbe || asked.path === '/api/oauth/usage') return known;
    return answer(asked, world.clock.now());
  });
  const others: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const mallory = MISBEHAVED.map((asked) => ({ ...asked, client: 'mallory', session: `m-${round}` }));
    const misbehaving = mallory.map((asked) => world.ask(asked));
    const asked = Array.from({ length: PEOPLE }, (_, person) => ({
      client: `person-${person}`,
      session: `s-${person}`,
    }));
    others.push(...(await together(world, asked)).map(({ status }) => status));
    // What waits for a limit goes on.
    for (let second = 0; second < 15; second += 1) await world.pass(SECOND);
    await Promise.all(misbehaving);
  }
  expect(tally(others)).toEqual({ 200: PEOPLE * ROUNDS });
  expect(tally(Object.values(await world.states()))).toEqual({ ready: 6 });
});
