import { afterEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE, SECOND } from './time.ts';
import { failure, healthy, type Script, unauthorized } from './upstream.ts';
import {
  errorOf,
  eventually,
  inTurn,
  keys,
  names,
  sessions,
  startWorld,
  statuses,
  tokens,
  type World,
} from './world.ts';

let world: World;

afterEach(() => world.close());

const ALL_READY = { a: 'ready', b: 'ready', c: 'ready' };

/** Refuses some secrets wherever they are used, and is healthy for all others. */
const refusing =
  (dead: ReadonlySet<string>, refusal = unauthorized()): Script =>
  (asked) =>
    dead.has(asked.credential) ? refusal : healthy(asked);

describe('a 401 that is about no credential', () => {
  test.each([
    ['GET', '/v1/models', 401],
    ['POST', '/v1/messages/count_tokens', 401],
    ['GET', '/v1/models/claude-opus-5-5', 403],
  ])('on %s %s expires nothing', async (method, path, status) => {
    world = await startWorld({ pool: keys('a', 'b', 'c') });
    world.upstream.answer((asked) =>
      asked.path === path ? failure(status, 'authentication_error', 'Invalid authentication') : healthy(asked),
    );
    expect((await world.ask({ method, path })).status).toBe(status);
    await world.pass(MINUTE);
    expect(await world.states()).toEqual(ALL_READY);
    expect(statuses(await inTurn(world, sessions(6)))).toEqual(Array(6).fill(200));
  });

  test('to one request with every credential reaches its client and changes nothing', async () => {
    world = await startWorld({ pool: keys('a', 'b', 'c') });
    world.upstream.answer((asked) => (asked.body.includes('odd-model') ? unauthorized() : healthy(asked)));
    expect((await world.ask({ model: 'odd-model' })).status).toBe(401);
    await world.pass(MINUTE);
    expect(await world.states()).toEqual(ALL_READY);
    expect(statuses(await inTurn(world, sessions(6)))).toEqual(Array(6).fill(200));
  });

  test('while the upstream is out of order for a minute does not outlast that minute', async () => {
    world = await startWorld({ pool: keys('a', 'b', 'c') });
    world.upstream.answer(() => unauthorized());
    await inTurn(world, sessions(3));
    await world.pass(MINUTE);
    world.upstream.answer(healthy);
    await world.pass(2 * MINUTE);
    await eventually(async () => expect(await world.states()).toEqual(ALL_READY));
    expect(statuses(await inTurn(world, sessions(6)))).toEqual(Array(6).fill(200));
  });

  test('of the poll alone expires nothing', async () => {
    world = await startWorld({ pool: tokens('a', 'b', 'c'), settings: { poolOauth: 'true' } });
    world.upstream.answer((asked) => (asked.path === '/api/oauth/usage' ? unauthorized() : healthy(asked)));
    await world.pass(20 * MINUTE);
    expect(world.upstream.asked.some(({ path }) => path === '/api/oauth/usage')).toBe(true);
    expect(await world.states()).toEqual(ALL_READY);
  });
});

describe('a credential that is not accepted any more', () => {
  test.each([
    ['a 401', unauthorized()],
    ['a revoked token', failure(403, 'permission_error', 'OAuth token has been revoked. Please obtain a new token.')],
    ['a revoked key', failure(403, 'permission_error', 'This API key has been revoked.')],
  ])('expires by %s, and its requests go elsewhere', async (_what, refusal) => {
    world = await startWorld({ pool: keys('a', 'b', 'c') });
    world.upstream.answer(refusing(new Set(['a']), refusal));
    expect(statuses(await inTurn(world, sessions(12)))).toEqual(Array(12).fill(200));
    await eventually(async () => expect(await world.states()).toEqual({ ...ALL_READY, a: 'expired' }));
    expect((await world.credentials()).a?.evidence).toMatch(/401|403/);
    expect(world.lines('credential_expired')).toMatchObject([{ credential: 'a', evidence: expect.any(String) }]);
    const scrape = await world.scrape();
    expect(scrape.value('proxy_credential_state', { credential: 'a', state: 'expired' })).toBe(1);
    const before = world.upstream.messages().length;
    await inTurn(world, sessions(12));
    expect(
      world.upstream
        .messages()
        .slice(before)
        .map(({ credential }) => credential),
    ).not.toContain('a');
  });

  test('is ready again when a probe is accepted', async () => {
    world = await startWorld({ pool: keys('a', 'b') });
    world.upstream.answer(refusing(new Set(['a'])));
    await inTurn(world, sessions(8));
    await eventually(async () => expect((await world.states()).a).toBe('expired'));
    world.upstream.answer(healthy);
    await world.pass(16 * MINUTE);
    await eventually(async () => expect((await world.states()).a).toBe('ready'));
    expect(world.lines('credential_ready')).toMatchObject([{ credential: 'a', evidence: expect.any(String) }]);
  });

  test('is probed ever more seldom, by messages that cost nothing', async () => {
    world = await startWorld({ pool: keys('a', 'b') });
    world.upstream.answer(refusing(new Set(['a'])));
    await inTurn(world, sessions(8));
    await eventually(async () => expect((await world.states()).a).toBe('expired'));
    await world.pass(6 * HOUR);
    const probes = world.upstream.asked.filter(({ isProbe, credential }) => isProbe && credential === 'a');
    expect(probes.length).toBeGreaterThanOrEqual(10);
    expect(probes.length).toBeLessThanOrEqual(40);
    expect(world.upstream.asked.filter(({ credential }) => credential === 'a')).toSatisfy(
      (all: typeof probes) => all.filter(({ path }) => path !== '/v1/messages').length === 0,
    );
  });

  test('comes back with a new secret in its file, and at once', async () => {
    world = await startWorld({ pool: { a: 'sk-ant-api03-old' } });
    world.upstream.answer(refusing(new Set(['old'])));
    await world.ask();
    await eventually(async () => expect((await world.states()).a).toBe('expired'));
    await world.mount('a', 'sk-ant-api03-new');
    await eventually(async () => {
      await world.pass(5 * SECOND);
      expect((await world.states()).a).toBe('ready');
    });
    expect((await world.ask()).status).toBe(200);
  });

  test.each([
    ['while all are refused', new Set(['a', 'b', 'c'])],
    ['with one credential', new Set(['a'])],
  ])('leaves a 503 that says why %s', async (_when, dead) => {
    world = await startWorld({ pool: keys(...dead) });
    world.upstream.answer(refusing(dead));
    await inTurn(world, sessions(4));
    const expired = Object.fromEntries([...dead].map((name) => [name, 'expired']));
    await eventually(async () => expect(await world.states()).toEqual(expired));
    const answer = await world.ask();
    expect(answer.status).toBe(503);
    expect(errorOf(answer).message).toMatch(/expired/);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    const scrape = await world.scrape();
    expect(scrape.value('proxy_refusals_total', { reason: 'no_credential' })).toBeGreaterThan(0);
  });

  test('is tried again after a restart before anything is refused', async () => {
    world = await startWorld({ pool: keys('a', 'b') });
    world.upstream.answer(refusing(new Set(['a', 'b'])));
    await inTurn(world, sessions(4));
    await eventually(async () => expect(await world.states()).toEqual({ a: 'expired', b: 'expired' }));
    world.upstream.answer(healthy);
    await world.restart();
    expect((await world.ask()).status).toBe(200);
  });
});

describe('an account that cannot pay', () => {
  test.each([
    [
      400,
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.',
    ],
    [402, 'billing_error', 'Your account has a billing problem.'],
    [
      400,
      'invalid_request_error',
      'You have reached your specified API usage limits. You will regain access on 2026-12-01.',
    ],
    [400, 'invalid_request_error', 'This organization has been disabled.'],
    [403, 'permission_error', 'OAuth authentication is currently not allowed for this organization.'],
  ])('rests for %i "%s: %s", and its requests go elsewhere', async (status, type, text) => {
    world = await startWorld({ pool: keys('a', 'b', 'c') });
    world.upstream.answer(refusing(new Set(['a']), failure(status, type, text)));
    expect(statuses(await inTurn(world, sessions(12)))).toEqual(Array(12).fill(200));
    expect(await world.states()).toEqual({ ...ALL_READY, a: 'cooling' });
    expect((await world.credentials()).a?.evidence).toContain(String(status));
    const scrape = await world.scrape();
    expect(scrape.value('proxy_credential_cooldowns_total', { credential: 'a', reason: 'spend' })).toBe(1);
    const refused = world.upstream.messages().filter(({ credential }) => credential === 'a');
    expect(refused).toHaveLength(1);
  });

  test.each([
    ['credit balance', failure(400, 'invalid_request_error', 'Your credit balance is too low to access the API.')],
    ['revoked', failure(403, 'permission_error', 'OAuth token has been revoked')],
    ['plain', unauthorized()],
  ])('fails nobody when 22 of 40 credentials are so (%s)', async (_what, refusal) => {
    const all = names(40);
    world = await startWorld({ pool: keys(...all) });
    world.upstream.answer(refusing(new Set(all.slice(0, 22)), refusal));
    const people = Array.from({ length: 40 }, (_, index) => ({ client: `person-${index}`, session: `s-${index}` }));
    for (let round = 0; round < 3; round += 1) await inTurn(world, people);
    const last = await inTurn(world, people);
    expect(statuses(last)).toEqual(Array(40).fill(200));
  });

  test.each([
    'messages.0.content: "Your credit balance is too low" is not a valid block',
    'max_tokens: 99999999 > 64000, which is the maximum allowed number of output tokens',
    'This request would quote: OAuth token has been revoked',
  ])('is not seen in an error about the request: %s', async (text) => {
    world = await startWorld({ pool: keys('a', 'b', 'c') });
    world.upstream.answer((asked) => (asked.isProbe ? healthy(asked) : failure(400, 'invalid_request_error', text)));
    expect((await world.ask()).status).toBe(400);
    expect(world.upstream.messages()).toHaveLength(1);
    expect(await world.states()).toEqual(ALL_READY);
  });
});

describe('a credential that is refused in other words', () => {
  const json = (message: string) => JSON.stringify({ type: 'error', error: { type: 'permission_error', message } });

  test.each<[number, string, Readonly<Record<string, string>>]>([
    [403, json('Access for this seat has ended'), {}],
    [403, json('OAuth token has been revoked'), { 'content-type': 'text/plain' }],
    [400, json('This workspace has been archived.'), { 'content-type': 'text/plain; charset=utf-8' }],
    [400, json('API key is disabled'), { 'content-type': 'application/octet-stream' }],
  ])('expires after another one served the same request: %i %s %j', async (status, body, headers) => {
    world = await startWorld({ pool: keys('a', 'b', 'c') });
    world.upstream.answer(refusing(new Set(['a']), { status, headers, body }));
    expect(statuses(await inTurn(world, sessions(12)))).toEqual(Array(12).fill(200));
    await eventually(async () => expect(await world.states()).toEqual({ ...ALL_READY, a: 'expired' }));
  });

  test('stays ready where its probe is accepted, and requests for the model go elsewhere', async () => {
    world = await startWorld({ pool: keys('a', 'b', 'c') });
    const refusal = failure(403, 'permission_error', 'Your key may not use this model');
    world.upstream.answer((asked) => (asked.credential === 'a' && !asked.isProbe ? refusal : healthy(asked)));
    expect(statuses(await inTurn(world, sessions(12)))).toEqual(Array(12).fill(200));
    await world.pass(MINUTE);
    expect(await world.states()).toEqual(ALL_READY);
    expect(world.upstream.messages().filter(({ credential }) => credential === 'a')).toHaveLength(1);
  });
});

test('a pool whose credentials were all refused for hours is back within a minute', async () => {
  world = await startWorld({ pool: keys('a', 'b', 'c') });
  world.upstream.answer(refusing(new Set(['a', 'b', 'c'])));
  await inTurn(world, sessions(6));
  await world.pass(3 * HOUR);
  expect(await world.states()).toEqual({ a: 'expired', b: 'expired', c: 'expired' });
  world.upstream.answer(healthy);
  await world.pass(MINUTE);
  await eventually(async () => expect(await world.states()).toEqual(ALL_READY));
  expect(statuses(await inTurn(world, sessions(6)))).toEqual(Array(6).fill(200));
});
