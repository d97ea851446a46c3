import { afterEach, describe, expect, test } from 'vitest';
import { accountOf, oldUserId, userId } from './people.ts';
import { HOUR, MINUTE, SECOND } from './time.ts';
import { endWith, events, message, ORGANIZATION, unified } from './upstream.ts';
import { eventually, inTurn, sessions, startWorld, statuses, together, tokens, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

/** Answers each token with the utilization that the name in it ends with: `alice-40`. */
const answerByName = (organization = ORGANIZATION): void =>
  world.upstream.answer(({ credential }) => {
    const used = Number(credential.split('-').at(-1));
    const windows = unified({ '5h': { used, resetsAt: world.clock.now() + HOUR } });
    return message({}, { ...windows, 'anthropic-organization-id': organization });
  });

const utilizations = async (): Promise<readonly number[]> =>
  (await world.scrape()).series('proxy_usage_utilization', { window: '5h' }).map(({ value }) => value);

describe('in pass-through', () => {
  test.each([
    ['as a text', oldUserId(accountOf(1))],
    ['as JSON', userId(accountOf(1))],
  ])('a renewed token continues its account, named %s', async (_how, user) => {
    world = await startWorld();
    answerByName();
    await world.ask({ client: 'monday-30', userId: user });
    const [before] = await world.windows();
    await world.ask({ client: 'tuesday-31', userId: user });
    const rows = await world.windows();
    expect(rows.map(({ credential, utilization }) => ({ credential, utilization }))).toEqual([
      { credential: before?.credential, utilization: 31 },
    ]);
  });

  test('a token without an account is its own', async () => {
    world = await startWorld();
    answerByName();
    for (const client of ['alice-10', 'bob-20', 'carol-30']) await world.ask({ client, userId: userId('') });
    expect((await utilizations()).toSorted()).toEqual([10, 20, 30]);
  });

  test('colleagues of one organization are different accounts', async () => {
    world = await startWorld();
    answerByName();
    for (const person of [1, 2, 3]) {
      await world.ask({ client: `person-${person}0`, userId: userId(accountOf(person)) });
    }
    expect((await utilizations()).toSorted()).toEqual([10, 20, 30]);
  });

  test('an account of two organizations is two', async () => {
    world = await startWorld();
    answerByName('11111111-0000-4000-8000-000000000000');
    await world.ask({ client: 'work-10', userId: userId(accountOf(1)) });
    answerByName('22222222-0000-4000-8000-000000000000');
    await world.ask({ client: 'home-20', userId: userId(accountOf(1)) });
    expect((await utilizations()).toSorted()).toEqual([10, 20]);
  });

  test('an account that was not seen for two hours is not exported, and is known when it comes back', async () => {
    world = await startWorld();
    world.upstream.answer(() => message({}, unified({ '7d': { used: 60, resetsAt: world.clock.now() + 90 * HOUR } })));
    await world.ask({ client: 'alice', userId: userId(accountOf(1)) });
    await world.pass(HOUR);
    const exported = async () => (await world.scrape()).series('proxy_usage_utilization', { window: '7d' });
    expect(await exported()).toHaveLength(1);
    const before = (await exported())[0]?.labels;
    await world.pass(HOUR + 2 * MINUTE);
    expect(await exported()).toEqual([]);
    expect((await world.scrape()).series('proxy_usage_resets_total')).toEqual([]);
    await world.ask({ client: 'alice', userId: userId(accountOf(1)) });
    expect((await exported()).map(({ labels }) => labels)).toEqual([before]);
  });

  test('accounts beyond the cap are counted, and one that comes after others have gone is exported', async () => {
    world = await startWorld({ settings: { maxAccounts: '3' } });
    answerByName();
    for (const person of [1, 2, 3, 4, 5]) await world.ask({ client: `p-${person}`, userId: userId(accountOf(person)) });
    const scrape = await world.scrape();
    expect(scrape.series('proxy_usage_utilization', { window: '5h' })).toHaveLength(3);
    expect(scrape.value('proxy_accounts_untracked')).toBe(2);
    await world.pass(3 * HOUR);
    await world.ask({ client: 'late-77', userId: userId(accountOf(9)) });
    expect(await utilizations()).toEqual([77]);
    expect((await world.scrape()).value('proxy_accounts_untracked')).toBe(0);
  });

  test('what is exported is what the metrics port shows', async () => {
    world = await startWorld();
    answerByName();
    for (let person = 0; person < 40; person += 1)
      await world.ask({ client: `p-${person}`, userId: userId(accountOf(person)) });
    const shown = (await world.windows()).map(({ credential }) => credential);
    const exported = (await world.scrape())
      .series('proxy_usage_utilization', { window: '5h' })
      .map(({ labels }) => labels.credential);
    expect(exported.toSorted()).toEqual(shown.toSorted());
    expect(exported).toHaveLength(40);
  });
});

describe('in a pool', () => {
  test.each([
    ['another account in its file', 'sk-ant-oat01-new-5'],
    ['no file any more', null],
  ])('what is known of a credential does not outlast %s', async (_what, secret) => {
    world = await startWorld({
      pool: { a: 'sk-ant-oat01-old-90', b: 'sk-ant-oat01-other-20' },
      settings: { poolOauth: 'true', rotateAtPercent: '100' },
    });
    answerByName();
    for (let index = 0; index < 8; index += 1) await world.ask({ session: `s-${index}` });
    const ofA = async () =>
      (await world.scrape())
        .series('proxy_usage_utilization', { credential: 'a', window: '5h' })
        .map(({ value }) => value);
    expect(await ofA()).toEqual([90]);
    await world.mount('a', secret);
    await eventually(async () => {
      await world.pass(5 * SECOND);
      expect(await ofA()).toEqual([]);
    });
  });

  /** Answers by name, but holds streams for the secret `old-90` back, before their head or behind it, until `release`. */
  const holdStreams = (at: 'head' | 'body') => {
    const held: (() => void)[] = [];
    world.upstream.answer(({ credential, body }) => {
      const used = Number(credential.split('-').at(-1));
      const headers = unified({ '5h': { used, resetsAt: world.clock.now() + HOUR } });
      if (credential !== 'old-90' || !body.includes('"stream":true')) return message({}, headers);
      return (response) => {
        const sendHead = () => {
          response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
          response.flushHeaders();
        };
        if (at === 'body') sendHead();
        held.push(() => {
          if (at === 'head') sendHead();
          endWith(response, events());
        });
      };
    });
    return {
      held,
      release: () => {
        for (const go of held) go();
      },
    };
  };

  const utilizationsOf = async (credential: string): Promise<readonly (number | null)[]> =>
    (await world.windows()).filter((row) => row.credential === credential).map(({ utilization }) => utilization);

  const tokensCounted = async (): Promise<number> =>
    (await world.scrape()).series('proxy_window_tokens').reduce((sum, { value }) => sum + value, 0);

  describe.each(['head', 'body'] as const)('an answer whose %s comes after its secret has gone', (at) => {
    test.each([
      ['of the account whose secret replaced it', 'sk-ant-oat01-new-5', [5]],
      ['of a credential that was removed', null, []],
    ])('teaches nothing %s', async (_what, secret, expected) => {
      world = await startWorld({
        pool: { a: 'sk-ant-oat01-old-90', b: 'sk-ant-oat01-other-20' },
        settings: { poolOauth: 'true', rotateAtPercent: '100' },
      });
      const { held, release } = holdStreams(at);
      const asked = sessions(8);
      await inTurn(world, asked);
      expect(await utilizationsOf('a')).toEqual([90]);
      const late = together(
        world,
        asked.map((one) => ({ ...one, stream: true })),
      );
      await eventually(() => expect(held.length).toBeGreaterThan(0));
      await world.mount('a', secret);
      await eventually(async () => {
        await world.pass(5 * SECOND);
        expect(await utilizationsOf('a')).toEqual([]);
      });
      await inTurn(world, asked);
      await eventually(() => expect(world.lines('api_request')).toHaveLength(24 - held.length));
      expect(await utilizationsOf('a')).toEqual(expected);
      const before = await tokensCounted();
      release();
      expect(statuses(await late)).toEqual(asked.map(() => 200));
      await eventually(() => expect(world.lines('api_request')).toHaveLength(24));
      expect(await utilizationsOf('a')).toEqual(expected);
      expect(await tokensCounted()).toBe(before);
    });
  });

  test('a credential is exported whether or not it was used of late', async () => {
    world = await startWorld({ pool: tokens('a-40'), settings: { poolOauth: 'true' } });
    world.upstream.answer(() => message({}, unified({ '7d': { used: 40, resetsAt: world.clock.now() + 90 * HOUR } })));
    await world.ask();
    await world.pass(20 * HOUR);
    expect((await world.scrape()).value('proxy_usage_utilization', { credential: 'a-40', window: '7d' })).toBe(40);
  });

  test('the account that a client names is of no account', async () => {
    world = await startWorld({ pool: tokens('a-40'), settings: { poolOauth: 'true' } });
    answerByName();
    for (const person of [1, 2, 3]) await world.ask({ userId: userId(accountOf(person)) });
    expect((await world.windows()).map(({ credential }) => credential)).toEqual(['a-40']);
  });
});
