import { afterEach, describe, expect, test } from 'vitest';
import { errorOf, keys, startWorld, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

const pool = async (settings = {}): Promise<void> => {
  world = await startWorld({ pool: keys('a'), settings });
};

describe('a pool', () => {
  test.each([
    ['POST', '/v1/messages'],
    ['POST', '/v1/messages?beta=true'],
    ['POST', '/v1/messages/count_tokens'],
    ['GET', '/v1/models?limit=1000'],
  ])('forwards %s %s', async (method, path) => {
    await pool();
    expect((await world.ask({ method, path })).status).toBe(200);
    expect(world.upstream.asked).toMatchObject([{ method, url: path, credential: 'a' }]);
  });

  test.each([
    ['GET', '/v1/organizations/me'],
    ['POST', '/v1/organizations/api_keys'],
    ['DELETE', '/v1/files/file_1'],
    ['GET', '/v1/files'],
    ['POST', '/v1/messages/batches'],
    ['GET', '/v1/messages/batches/msgbatch_1/results'],
    ['POST', '/v1/complete'],
    ['POST', '/v1/messages/../organizations'],
    ['POST', '/api/event_logging/batch'],
  ])('answers %s %s with 404 and asks nobody', async (method, path) => {
    await pool();
    const answer = await world.ask({ method, path });
    expect(answer.status).toBe(404);
    expect(errorOf(answer).type).toBe('not_found_error');
    expect(world.upstream.asked).toEqual([]);
    expect((await world.scrape()).value('proxy_refusals_total', { reason: 'not_found' })).toBe(1);
  });

  test('forwards batches and files where it is configured', async () => {
    await pool({ poolEndpoints: 'messages,batches,files' });
    world.upstream.answer(() => ({ status: 200, body: '{}' }));
    for (const path of ['/v1/messages/batches', '/v1/files']) expect((await world.ask({ path })).status).toBe(200);
    expect((await world.ask({ method: 'GET', path: '/v1/models' })).status).toBe(404);
  });

  test.each([
    ['an origin of elsewhere', { origin: 'https://evil.example' }],
    ['the origin of a sandboxed page', { origin: 'null' }],
    ['a cross-site fetch that hides its origin', { 'sec-fetch-site': 'cross-site' }],
    ['a plain form', { origin: 'https://evil.example', 'content-type': 'text/plain' }],
    ['a host name that points here', { host: 'evil.example' }],
    ['a host name with a port', { host: 'evil.example:8080' }],
    ['a name that only begins like an address', { host: '127.0.0.1.evil.example' }],
  ])('refuses a request with %s', async (_what, headers) => {
    await pool();
    const answer = await world.ask({ headers });
    expect(answer.status).toBe(403);
    expect(errorOf(answer).type).toBe('permission_error');
    expect(world.upstream.asked).toEqual([]);
    expect((await world.scrape()).value('proxy_refusals_total', { reason: 'forbidden' })).toBe(1);
  });

  test.each([
    '127.0.0.1:8080',
    '[::1]:8080',
    'localhost',
    'tidewatch-proxy',
    'tidewatch-proxy.llm.svc.cluster.local:8080',
  ])('answers under the name %s', async (host) => {
    await pool();
    expect((await world.ask({ headers: { host } })).status).toBe(200);
  });

  test('answers under names and to origins that are configured', async () => {
    await pool({ allowedHosts: 'llm.example', allowedOrigins: 'https://chat.example' });
    const headers = { host: 'llm.example', origin: 'https://chat.example' };
    expect((await world.ask({ headers })).status).toBe(200);
    expect((await world.ask({ headers: { ...headers, origin: 'https://chat.example.evil' } })).status).toBe(403);
  });
});

describe('pass-through', () => {
  test.each([
    ['GET', '/v1/organizations/me', {}],
    ['DELETE', '/v1/files/file_1', {}],
    ['POST', '/v1/messages', { origin: 'https://chat.example', host: 'llm.example' }],
  ])('forwards %s %s with the client’s own credential, whatever the host', async (method, path, headers) => {
    world = await startWorld();
    await world.ask({ method, path, client: 'carol', headers });
    expect(world.upstream.asked).toMatchObject([{ method, path, credential: 'carol' }]);
  });
});

describe('the clients’ port', () => {
  test.each(['/health/windows', '/health/credentials', '/metrics'])('does not show %s', async (path) => {
    await pool();
    await world.ask();
    const answer = await world.ask({ method: 'GET', path });
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('"a"');
  });

  test('shows the totals of tokens without domains', async () => {
    await pool();
    await world.ask({ headers: { host: 'localhost' } });
    const totals = JSON.parse((await world.ask({ method: 'GET', path: '/token-stats' })).body);
    expect(totals).toMatchObject({ total_requests: 1 });
    expect(totals).not.toHaveProperty('by_domain');
    expect(await world.admin('/token-stats')).toMatchObject({ total_requests: 1, by_domain: { localhost: {} } });
  });

  test('counts domains of requests that the upstream served, and no invented ones', async () => {
    world = await startWorld();
    const hosts = Array.from({ length: 300 }, (_, index) => `invented-${index}.example`);
    for (const host of hosts) await world.ask({ method: 'GET', path: '/v1/nothing', headers: { host } });
    await world.ask({ headers: { host: 'llm.example' } });
    const { by_domain } = (await world.admin('/token-stats')) as { by_domain: Record<string, unknown> };
    expect(Object.keys(by_domain)).toEqual(['llm.example']);
  });
});
