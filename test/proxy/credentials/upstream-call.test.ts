import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { createUpstreamCall } from '../../../proxy/credentials/upstream-call.ts';
import { systemTimers } from '../../../proxy/time.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const closeServer = (server: Server) => new Promise((resolve) => server.close(resolve));

const serve = async (listener: RequestListener, path = '') => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dispatcher = new Agent();
  open.push(
    () => dispatcher.destroy(),
    () => closeServer(server),
  );
  const { port } = server.address() as AddressInfo;
  return createUpstreamCall({
    ...{ dispatcher, upstreamUrl: `http://127.0.0.1:${port}${path}`, timers: systemTimers },
    ...{ userAgent: 'tidewatch/1.2.3', timeoutMs: 500 },
  });
};

const GET = { method: 'GET', path: '/api/oauth/usage', credential: { authorization: 'Bearer x' } } as const;

test('asks below the upstream’s path, in the proxy’s own name, and gives status, headers and body', async () => {
  const call = await serve((request, response) => {
    response.writeHead(429, { 'retry-after': '7' });
    const { authorization, 'user-agent': agent, 'content-type': type } = request.headers;
    response.end(JSON.stringify({ asked: `${request.method} ${request.url}`, agent, authorization, type }));
  }, '/base/');
  const { status, headers, body } = await call(GET);
  expect({ status, after: headers['retry-after'] }).toStrictEqual({ status: 429, after: '7' });
  expect(body).toStrictEqual({
    asked: 'GET /base/api/oauth/usage',
    agent: 'tidewatch/1.2.3',
    authorization: 'Bearer x',
  });
});

test('sends a body as JSON, with the version of the API', async () => {
  const call = await serve((request, response) => {
    let sent = '';
    request.on('data', (chunk) => {
      sent += chunk;
    });
    request.on('end', () => {
      const {
        'content-type': type,
        'content-length': length,
        'anthropic-version': version,
        'x-api-key': key,
      } = request.headers;
      response.end(JSON.stringify({ sent, type, length, version, key }));
    });
  });
  const { body } = await call({ method: 'POST', path: '/v1/messages', credential: { 'x-api-key': 'k' }, body: '{}' });
  expect(body).toStrictEqual({ sent: '{}', type: 'application/json', length: '2', version: '2023-06-01', key: 'k' });
});

test('gives null for a body that is no JSON', async () => {
  const call = await serve((_, response) => response.end('<html>'));
  expect(await call(GET)).toMatchObject({ status: 200, body: null });
});

test.each<[string, RequestListener]>([
  ['does not end', (_, response) => response.write('{')],
  ['does not begin', () => {}],
])('gives up on an answer that %s', async (_, listener) => {
  const call = await serve(listener);
  await expect(call(GET)).rejects.toThrow('within the timeout of 500 ms');
});

test('gives up on an answer that is too long', async () => {
  const call = await serve((_, response) => response.end(' '.repeat(300_000)));
  await expect(call(GET)).rejects.toThrow('sent more than 262144 bytes');
});
