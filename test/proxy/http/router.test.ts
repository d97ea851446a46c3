import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createRouter, failure, file, json, type Route } from '../../../proxy/http/router.ts';

let server: Server | undefined;
let faults: unknown[] = [];

const serve = async (...routes: readonly Route[]): Promise<string> => {
  faults = [];
  const router = createRouter(routes, (error) => faults.push(error));
  server = createServer((request, response) => {
    const target = request.url ?? '/';
    const match = router.find(new URL(target, 'http://h').pathname, request.method ?? '');
    if (match.kind === 'route') void router.run(match.route, { request, response, target });
    else response.writeHead(match.kind === 'method' ? 405 : 404).end();
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const get = (path: string, handle: Route['handle']): Route => ({ methods: ['GET', 'HEAD'], path, handle });

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

describe('a route', () => {
  test('answers at once or later, with what the request asked for', async () => {
    const url = await serve(
      get('/now', ({ method, path, query }) => json({ method, path, a: query.get('a') })),
      get('/later', async () => {
        await delay(5);
        return json({ later: true }, 202);
      }),
    );
    const now = await fetch(`${url}/now?a=1%202`);
    expect([now.status, now.headers.get('content-type'), await now.json()]).toStrictEqual([
      200,
      'application/json',
      { method: 'GET', path: '/now', a: '1 2' },
    ]);
    const later = await fetch(`${url}/later`);
    expect([later.status, await later.json()]).toStrictEqual([202, { later: true }]);
  });

  test('streams at the pace of its source, and ends it when the client leaves', async () => {
    let left = false;
    const url = await serve(
      get('/events', ({ signal }) => {
        signal.addEventListener('abort', () => {
          left = true;
        });
        const events = async function* () {
          for (let n = 0; ; n += 1) {
            yield `data: ${n}\n\n`;
            await delay(5);
          }
        };
        return { headers: { 'content-type': 'text/event-stream' }, body: Readable.from(events()) };
      }),
    );
    const abort = new AbortController();
    const response = await fetch(`${url}/events`, { signal: abort.signal });
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(Buffer.from(first?.value ?? []).toString()).toContain('data: 0');
    abort.abort();
    await reader?.read().catch(() => undefined);
    await expect.poll(() => left).toBe(true);
    expect(faults).toStrictEqual([]);
  });

  test('reads a body', async () => {
    const url = await serve({
      methods: ['POST'],
      path: '/echo',
      handle: async ({ body }) => ({ body: Buffer.concat(await body.toArray()) }),
    });
    expect(await (await fetch(`${url}/echo`, { method: 'POST', body: 'sent' })).text()).toBe('sent');
  });

  test('serves a file with its length; HEAD has the head alone', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'router-')), 'page.html');
    writeFileSync(path, '<p>é</p>');
    const url = await serve(get('/assets/*', () => file(path, 'text/html')));
    const response = await fetch(`${url}/assets/deep/page.html`);
    expect([response.headers.get('content-length'), await response.text()]).toStrictEqual(['9', '<p>é</p>']);
    const head = await fetch(`${url}/assets/page.html`, { method: 'HEAD' });
    expect([head.headers.get('content-length'), await head.text()]).toStrictEqual(['9', '']);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['names a file that is not there', () => file('/does/not/exist', 'text/plain')],
  ])('that %s is answered 500 without the reason, which is reported', async (_how, handle) => {
    const url = await serve(get('/', handle));
    const response = await fetch(url);
    expect(response.status).toBe(500);
    expect(await response.json()).toStrictEqual({
      type: 'error',
      error: { type: 'api_error', message: 'the proxy failed to answer; its log says why' },
    });
    expect(faults).toHaveLength(1);
  });

  test('whose stream fails in the middle is cut, and reported', async () => {
    const failing = async function* () {
      yield 'begun';
      await delay(5);
      throw new Error('broken');
    };
    const url = await serve(get('/', () => ({ body: Readable.from(failing()) })));
    const response = await fetch(url);
    await expect(response.text()).rejects.toThrow();
    await expect.poll(() => faults.length).toBe(1);
  });
});

describe('the routes of a path', () => {
  const router = createRouter(
    [
      { methods: ['GET'], path: '/a', handle: () => json(1) },
      { methods: ['POST'], path: '/a', handle: () => json(2) },
      { methods: ['HEAD'], path: '/', handle: () => json(3) },
      { methods: ['GET'], path: '/assets/*', handle: () => failure('not_found', 'none') },
    ],
    () => undefined,
  );

  test.each([
    ['/a', 'GET', 'route'],
    ['/a', 'POST', 'route'],
    ['/a', 'DELETE', 'method'],
    ['/', 'HEAD', 'route'],
    ['/', 'GET', 'none'],
    ['/b', 'GET', 'none'],
    ['/a/b', 'GET', 'none'],
    ['/assets', 'GET', 'none'],
    ['/assets/x/y', 'GET', 'route'],
  ])('%s with %s: %s', (path, method, kind) => {
    expect(router.find(path, method).kind).toBe(kind);
  });

  test('name the methods that are answered', () => {
    expect(router.find('/a', 'PUT')).toStrictEqual({ kind: 'method', allowed: ['GET', 'POST'] });
  });
});
