import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../../proxy/config.ts';
import { createConnections, failedOnReusedConnection } from '../../../proxy/upstream/connections.ts';
import { classifyFailure } from '../../../proxy/upstream/transport-failure.ts';
import { createCertificate, hasOpenssl } from '../../support/proxy/certificate.ts';
import { type ConnectProxy, startConnectProxy } from '../../support/proxy/connect-proxy.ts';
import { type LoopbackUpstream, startUpstream } from '../../support/proxy/loopback-upstream.ts';
import { dispatched } from './dispatched.ts';

/** A name that only the proxy can resolve. */
const HOST = 'api.tunnel.test';

let proxy: ConnectProxy;
let upstream: LoopbackUpstream;
let connections: Dispatcher;

const connectionsBy = (environment: Readonly<Record<string, string>>, authorities?: string): Dispatcher => {
  connections = createConnections(
    readConfig({ TIDEWATCH_UPSTREAM_URL: `http://${HOST}:${upstream.port}`, ...environment }),
    { authorities },
  );
  return connections;
};

beforeEach(async () => {
  proxy = await startConnectProxy();
  upstream = await startUpstream((_request, response) => void response.end('through'));
});

afterEach(async () => {
  await connections.destroy();
  await proxy.close();
  await upstream.close();
});

describe('an upstream behind an outbound proxy', () => {
  test('is reached through one tunnel for requests that follow each other', async () => {
    const { port } = upstream;
    connectionsBy({ HTTP_PROXY: `http://me:s%40cret@127.0.0.1:${proxy.port}` });
    expect(await dispatched(connections)).toMatchObject({ status: 200, body: 'through' });
    await delay(10);
    expect(await dispatched(connections)).toMatchObject({ status: 200, body: 'through' });
    expect(proxy.requests.map(({ url }) => url)).toStrictEqual([`${HOST}:${port}`]);
    expect(proxy.requests[0]?.headers['proxy-authorization']).toBe(
      `Basic ${Buffer.from('me:s@cret').toString('base64')}`,
    );
  });

  test('gets the headers as they are, repeated ones too, and none of the proxy', async () => {
    let raw: readonly string[] = [];
    upstream.answer((request, response) => {
      raw = request.rawHeaders;
      response.end();
    });
    connectionsBy({ HTTP_PROXY: `http://me:secret@127.0.0.1:${proxy.port}` });
    await dispatched(connections, ['X-A', '1', 'x-a', '2', 'X-B', '3']);
    expect(raw.slice(-6)).toStrictEqual(['X-A', '1', 'x-a', '2', 'X-B', '3']);
    expect(raw.map((name) => name.toLowerCase())).not.toContain('proxy-authorization');
  });

  test('that closes an idle connection is seen through the tunnel', async () => {
    let requests = 0;
    upstream.answer((request, response) => {
      requests += 1;
      if (requests === 1) response.end('first');
      else request.socket.destroy();
    });
    connectionsBy({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}` });
    await dispatched(connections);
    await delay(10);
    const { error } = await dispatched(connections);
    expect(failedOnReusedConnection(error)).toBe(true);
  });

  test('is not asked through the proxy where NO_PROXY names it', async () => {
    connectionsBy({
      TIDEWATCH_UPSTREAM_URL: upstream.url,
      HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
      NO_PROXY: '127.0.0.0/8',
    });
    expect(await dispatched(connections)).toMatchObject({ status: 200, body: 'through' });
    expect(proxy.requests).toHaveLength(0);
  });
});

describe('an outbound proxy that opens no tunnel', () => {
  test.each([
    [407, 'it answered 407; set user name and password in the proxy URL'],
    [403, 'it answered 403'],
    [502, 'it answered 502'],
  ])('but answers %s fails the request as a connection that cannot be made', async (status, reason) => {
    proxy.answer((_request, client) => client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`));
    connectionsBy({ HTTP_PROXY: `http://me:secret@127.0.0.1:${proxy.port}` });
    const { error } = await dispatched(connections);
    expect(error?.message).toBe(`the outbound proxy opened no tunnel: ${reason}`);
    expect(classifyFailure(error)).toBe('connect');
    expect(failedOnReusedConnection(error)).toBe(false);
  });

  test('but closes the connection fails the request once', async () => {
    proxy.answer((_request, client) => client.destroy());
    connectionsBy({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}` });
    expect(classifyFailure((await dispatched(connections)).error)).toBe('connect');
    expect(proxy.requests).toHaveLength(1);
  });

  test('and is not there fails the request', async () => {
    connectionsBy({ HTTP_PROXY: 'http://me:secret@127.0.0.1:9' });
    const { error } = await dispatched(connections);
    expect(error?.message).toBe('the outbound proxy opened no tunnel: connect ECONNREFUSED 127.0.0.1:9');
    expect(classifyFailure(error)).toBe('connect');
  });

  test('but is silent fails the request within the time for connecting', async () => {
    proxy.answer(() => undefined);
    connectionsBy({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, TIDEWATCH_CONNECT_SECONDS: '0.2' });
    expect(classifyFailure((await dispatched(connections)).error)).toBe('connect');
  });
});

describe.skipIf(!hasOpenssl)('TLS through an outbound proxy (needs openssl for a certificate)', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tunnel-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const secure = async () => {
    const certificate = createCertificate(folder, HOST);
    await upstream.close();
    upstream = await startUpstream((_request, response) => void response.end('secured'), certificate);
    return {
      authorities: certificate.cert,
      environment: {
        TIDEWATCH_UPSTREAM_URL: `https://${HOST}:${upstream.port}`,
        HTTPS_PROXY: `127.0.0.1:${proxy.port}`,
      },
    };
  };

  test('ends at the upstream, whose authority is the configured one', async () => {
    const { environment, authorities } = await secure();
    connectionsBy(environment, authorities);
    expect(await dispatched(connections)).toMatchObject({ status: 200, body: 'secured', error: null });
    expect(proxy.requests.map(({ url }) => url)).toStrictEqual([`${HOST}:${upstream.port}`]);
  });

  test('fails where the authority is not known', async () => {
    const { environment } = await secure();
    connectionsBy(environment);
    expect(classifyFailure((await dispatched(connections)).error)).toBe('tls');
  });
});

describe.skipIf(!hasOpenssl)('a direct TLS connection (needs openssl for a certificate)', () => {
  test('that the upstream closes while idle is seen as reused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tls-'));
    const certificate = createCertificate(folder);
    await upstream.close();
    let requests = 0;
    upstream = await startUpstream((request, response) => {
      requests += 1;
      if (requests === 2) request.socket.destroy();
      else response.end('secured');
    }, certificate);
    connectionsBy({ TIDEWATCH_UPSTREAM_URL: upstream.url }, certificate.cert);
    await dispatched(connections);
    await delay(10);
    expect(failedOnReusedConnection((await dispatched(connections)).error)).toBe(true);
    expect(await dispatched(connections)).toMatchObject({ body: 'secured' });
    rmSync(folder, { recursive: true });
  });
});
