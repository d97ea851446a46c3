import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DAY,
  familyView,
  HOUR,
  INVALID,
  LOW_CREDIT,
  MINUTE,
  minute,
  NOON,
  OK,
  OVERLOADED,
  openWorld,
  quota,
  REVOKED,
  type Reply,
  UNAUTHORIZED,
  unexplained,
  view,
  type World,
} from './world.ts';

const IDS = ['alpha', 'beta', 'gamma'];
const MODELS = ['claude-opus-4-5', 'claude-haiku-4-5', 'claude-fable-5', null];

type Made = (now: number) => Reply;

const REPLIES: readonly Made[] = [
  () => OK,
  () => INVALID,
  (now) => quota(view('5h', { status: 'rejected', resetsAt: now + 20 * MINUTE })),
  (now) =>
    quota(view('5h', { utilization: 40, resetsAt: now + HOUR }), view('7d', { utilization: 100, resetsAt: now + DAY })),
  (now) => quota(familyView('7d_oi', 'fable', { status: 'rejected', resetsAt: now + HOUR })),
  () => unexplained(),
  () => minute(2),
  () => minute(40),
  () => minute(600_000),
  () => LOW_CREDIT,
  () => OVERLOADED,
  () => UNAUTHORIZED,
  () => REVOKED,
  () => ({ status: 429, type: 'rate_limit_error', message: 'Extra usage is required for long context requests.' }),
];

const step = fc.record({
  session: fc.integer({ min: 0, max: 5 }).map(String),
  model: fc.constantFrom(...MODELS),
  endpoint: fc.constantFrom('messages', 'count_tokens', 'batches'),
  canRepeat: fc.boolean(),
  passMs: fc.integer({ min: 0, max: 20 * MINUTE }),
  replies: fc.array(fc.constantFrom(...REPLIES), { minLength: 3, maxLength: 3 }),
  /** A poll that finds room in every window of a credential. */
  freed: fc.option(fc.constantFrom(...IDS)),
});

const steps = fc.array(step, { maxLength: 40, size: 'max' });

/** Serves the requests of a sequence; looks at the world after each. */
const play = (
  sequence: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
  look: (world: World, served: ReturnType<World['request']>) => void,
  ids = IDS,
) => {
  const world = openWorld(ids, { random: () => 0.5 });
  for (const { passMs, freed, replies, ...asked } of sequence) {
    world.time.set(world.time.clock.now() + passMs);
    if (freed !== null)
      world.windows.set(freed, [view('5h', { utilization: 1, resetsAt: world.time.clock.now() + HOUR })]);
    const served = world.request(asked, (id) => (replies[ids.indexOf(id)] ?? (() => OK))(world.time.clock.now()));
    look(world, served);
  }
};

test('whatever the upstream answers, a request takes two credentials, four attempts and ten seconds at most', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      play(sequence, (_, { sent, waitedMs }) => {
        expect(new Set(sent).size).toBeLessThanOrEqual(2);
        expect(sent.length).toBeLessThanOrEqual(4);
        expect(waitedMs).toBeLessThanOrEqual(10_000);
      });
    }),
    { numRuns: 300 },
  );
});

test('whatever the upstream answers, no credential cools beyond its evidence', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      play(sequence, (world) => {
        const now = world.time.clock.now();
        for (const { id, state, until, evidence, limits } of world.pool.states()) {
          for (const limit of limits) {
            expect(limit.evidence).not.toBe('');
            const named =
              world.windows.get(id)?.filter(({ window }) => limit.evidence.includes(`window ${window} `)) ?? [];
            const resets = named.map(({ resetsAt }) => (resetsAt ?? now) - now);
            expect(limit.until - now).toBeLessThanOrEqual(Math.max(5 * MINUTE, ...resets));
          }
          if (state === 'ready') continue;
          expect(evidence).toBeTypeOf('string');
          if (state === 'expired') continue;
          const windows = world.windows.get(id) ?? [];
          const used = windows.some(
            ({ counts, status, utilization, resetsAt }) =>
              counts === 'all' && (status === 'rejected' || (utilization ?? 0) >= 100) && resetsAt === until,
          );
          expect(used || (until ?? 0) - now <= 15 * MINUTE).toBe(true);
        }
      });
    }),
    { numRuns: 300 },
  );
});

test('whatever the upstream answers, everything is ready after eight days, and a refusal names a time to come', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      let end = openWorld();
      play(sequence, (world, { refusal }) => {
        end = world;
        if (refusal !== null) expect(refusal.retryAt).toBeGreaterThan(world.time.clock.now());
      });
      end.time.set(end.time.clock.now() + 8 * DAY);
      await end.time.advance(16 * MINUTE);
      expect(end.pool.states().map(({ state, limits }) => [state, limits])).toStrictEqual(
        IDS.slice(0, end.pool.states().length).map(() => ['ready', []]),
      );
      end.pool.stop();
    }),
    { numRuns: 100 },
  );
});

test('a pool with one credential never refuses on its own account', () => {
  const withoutExpiry = steps.map((sequence) =>
    sequence.map((one) => ({
      ...one,
      replies: one.replies.map((reply) => (reply(NOON).status === 401 || reply(NOON) === REVOKED ? () => OK : reply)),
    })),
  );
  fc.assert(
    fc.property(withoutExpiry, (sequence) => {
      play(
        sequence,
        (_, { refusal, sent }) => {
          expect(refusal).toBe(null);
          expect(sent.length).toBeGreaterThan(0);
        },
        ['alpha'],
      );
    }),
    { numRuns: 300 },
  );
});

test('one client whose requests go wrong in every way leaves the others’ success at 100 %', async () => {
  const world = openWorld(['alpha', 'beta', 'gamma', 'delta']);
  const wrong: readonly (readonly [Parameters<World['request']>[0], Reply])[] = [
    [{ endpoint: 'other', model: null }, UNAUTHORIZED],
    [{}, UNAUTHORIZED],
    [{ endpoint: 'count_tokens' }, minute(600)],
    [{ model: 'claude-opus-4-5' }, minute(600)],
    [{}, { status: 429, type: 'rate_limit_error', message: 'Extra usage is required for long context requests.' }],
    [{ model: 'claude-fable-5' }, unexplained()],
    [{ model: 'claude-fable-5' }, quota(familyView('7d_oi', 'fable', { status: 'rejected', resetsAt: NOON + DAY }))],
    [{}, OVERLOADED],
    [{}, { status: 400, type: 'invalid_request_error', message: 'system: Your credit balance is too low' }],
  ];
  for (let round = 0; round < 50; round += 1) {
    for (const [asked, reply] of wrong) {
      world.request({ ...asked, client: 'wrong', session: String(round) }, () => reply);
      const served = world.request({ client: 'right', session: String(round) }, () => OK);
      expect(served).toMatchObject({ status: 200, waitedMs: 0 });
      expect(served.sent).toHaveLength(1);
    }
    await world.time.advance(7_000);
  }
  expect(new Set(world.pool.states().map(({ state }) => state))).toStrictEqual(new Set(['ready']));
});
