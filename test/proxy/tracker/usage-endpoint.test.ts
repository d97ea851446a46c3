import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { createUsageFetch } from '../../../proxy/tracker/usage-endpoint.ts';

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
  return createUsageFetch({ dispatcher, upstreamUrl: `http://127.0.0.1:${port}${path}`, timeoutMs: 500 });
};

test('asks the endpoint below the upstream’s path and gives status, headers and body', async () => {
  const fetchUsage = await serve((request, response) => {
    response.writeHead(429, { 'retry-after': '7' });
    response.end(JSON.stringify({ asked: `${request.method} ${request.url}`, agent: request.headers['user-agent'] }));
  }, '/base/');
  const answer = await fetchUsage({ 'user-agent': 'claude-code/1' });
  expect(answer.status).toBe(429);
  expect(answer.headers['retry-after']).toBe('7');
  expect(answer.body).toStrictEqual({ asked: 'GET /base/api/oauth/usage', agent: 'claude-code/1' });
});

test('gives null for a body that is no JSON', async () => {
  const fetchUsage = await serve((_, response) => response.end('<html>'));
  expect(await fetchUsage({})).toMatchObject({ status: 200, body: null });
});

test('gives up on an answer that does not end', async () => {
  const fetchUsage = await serve((_, response) => response.write('{'));
  await expect(fetchUsage({})).rejects.toThrow(/timeout|abort/i);
});

test('gives up on an answer that is too long', async () => {
  const fetchUsage = await serve((_, response) => response.end(' '.repeat(300_000)));
  await expect(fetchUsage({})).rejects.toThrow('sent more than 262144 bytes');
});
