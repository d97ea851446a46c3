import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LoopbackUpstream, startUpstream } from '../support/proxy/loopback-upstream.ts';
import { RawClient } from '../support/proxy/raw-client.ts';
import { MESSAGE_EVENTS } from '../support/proxy/sse.ts';

const MAIN = join(import.meta.dirname, '../../proxy/main.ts');
const KEY = 'sk-ant-api03-never-to-be-seen';
const REQUEST = `POST /v1/messages HTTP/1.1\r\nHost: p\r\nx-api-key: ${KEY}\r\ncontent-length: 15\r\n\r\n{"stream":true}`;

type Line = Readonly<Record<string, unknown>>;

let folder = '';
let upstream: LoopbackUpstream;
const children: ChildProcess[] = [];

/** A proxy in a process of its own, and what it wrote. */
interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly metricsPort: number;
  lines(): readonly Line[];
}

const environmentOf = (extra: Readonly<Record<string, string>>) => ({
  PATH: process.env.PATH ?? '',
  TIDEWATCH_UPSTREAM_URL: upstream.url,
  TIDEWATCH_HOST: '127.0.0.1',
  TIDEWATCH_PORT: '0',
  TIDEWATCH_METRICS_PORT: '0',
  TIDEWATCH_LINGER_SECONDS: '0',
  ...extra,
});

const run = async (extra: Readonly<Record<string, string>> = {}): Promise<Running> => {
  const child = spawn(process.execPath, [MAIN], { env: environmentOf(extra), stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const lines = () =>
    output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  await expect.poll(() => lines().some(({ event }) => event === 'proxy_started'), { timeout: 10_000 }).toBe(true);
  const started = lines().find(({ event }) => event === 'proxy_started');
  return { child, port: Number(started?.port), metricsPort: Number(started?.metrics_port), lines };
};

const events = (running: Running, event: string) => running.lines().filter((line) => line.event === event);

const paced = (gapMs: number) =>
  upstream.answer((request, response) => {
    request.resume();
    request.on('end', async () => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_1' });
      for (const event of MESSAGE_EVENTS) {
        response.write(event);
        await delay(gapMs);
      }
      response.end();
    });
  });

const get = async (port: number, path: string) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text() };
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'main-'));
  upstream = await startUpstream(() => undefined);
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await upstream.close();
  rmSync(folder, { recursive: true });
});

describe('the process', () => {
  test('serves, counts, logs and ends cleanly when told to', async () => {
    paced(20);
    const proxy = await run();
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    await client.sees('message_start');
    const exited = once(proxy.child, 'exit');
    proxy.child.kill('SIGTERM');
    expect((await client.answer()).body.toString()).toBe(MESSAGE_EVENTS.join(''));
    expect(await exited).toStrictEqual([0, null]);
    expect(events(proxy, 'api_request')).toMatchObject([
      { status: '200', outcome: 'finished', output_tokens: 42, request_id: 'req_1' },
    ]);
    expect(events(proxy, 'proxy_draining')).toMatchObject([{ signal: 'SIGTERM', in_flight: 1 }]);
    expect(events(proxy, 'proxy_stopped')).toMatchObject([{ streams_cut: 0, records_lost: 0 }]);
    expect(JSON.stringify(proxy.lines())).not.toContain('never-to-be-seen');
  });

  test('stops at once at the second signal, and still writes its records', async () => {
    paced(5_000);
    const proxy = await run();
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    await client.sees('message_start');
    const exited = once(proxy.child, 'exit');
    proxy.child.kill('SIGTERM');
    await expect.poll(() => events(proxy, 'proxy_draining').length).toBe(1);
    proxy.child.kill('SIGTERM');
    expect(await exited).toStrictEqual([0, null]);
    expect(events(proxy, 'api_request')).toMatchObject([{ outcome: 'shutdown', input_tokens: 11 }]);
    expect(events(proxy, 'proxy_stopped')).toMatchObject([{ streams_cut: 1, records_lost: 0 }]);
  });

  test('tells what it knows on its own paths, and metrics on their own port', async () => {
    paced(0);
    const proxy = await run();
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    await client.answer();
    client.socket.destroy();
    await expect
      .poll(async () => JSON.parse((await get(proxy.port, '/token-stats')).text))
      .toMatchObject({ total_requests: 1 });
    expect(await get(proxy.port, '/health')).toStrictEqual({ status: 200, text: '{"status":"ok"}' });
    expect(await get(proxy.port, '/ready')).toStrictEqual({ status: 200, text: '{"status":"ready"}' });
    expect(JSON.parse((await get(proxy.port, '/health/windows')).text)).toMatchObject({ windows: [] });
    expect(JSON.parse((await get(proxy.port, '/health/credentials')).text)).toStrictEqual({
      mode: 'pass-through',
      credentials: [],
    });
    expect((await get(proxy.port, '/metrics')).status).toBe(404);
    const metrics = (await get(proxy.metricsPort, '/metrics')).text;
    expect(metrics).toMatch(/^proxy_request_outcomes_total\{outcome="finished"\} 1$/m);
    expect(metrics).toMatch(/^proxy_request_outcomes_total\{outcome="rejected"\} 1$/m);
    expect(metrics).toMatch(/^proxy_tokens_output_total\{model="claude-opus-4-5"\} 42$/m);
    expect(await get(proxy.metricsPort, '/elsewhere')).toMatchObject({ status: 404 });
    expect(await get(proxy.metricsPort, '/health')).toMatchObject({ status: 200 });
  });

  test('takes the credentials of a pool from files, and is not ready without one', async () => {
    let seen = '';
    upstream.answer((request, response) => {
      seen = String(request.headers['x-api-key']);
      response.end('{}');
    });
    const proxy = await run({ TIDEWATCH_CREDENTIALS_MODE: 'pool', TIDEWATCH_CREDENTIALS_DIR: folder });
    expect(await get(proxy.port, '/ready')).toStrictEqual({ status: 503, text: '{"status":"no credentials"}' });
    writeFileSync(join(folder, 'team-a'), 'sk-ant-api03-of-the-pool\n');
    await expect.poll(async () => (await get(proxy.port, '/ready')).status, { timeout: 5_000 }).toBe(200);
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    expect((await client.answer()).status).toBe(200);
    client.socket.destroy();
    expect(seen).toBe('sk-ant-api03-of-the-pool');
    expect(JSON.parse((await get(proxy.port, '/health/credentials')).text)).toStrictEqual({
      mode: 'pool',
      credentials: [{ id: 'team-a', state: 'ready', until: null }],
    });
    expect(JSON.stringify(proxy.lines())).not.toContain('of-the-pool');
  });

  test('keeps windows over a restart', async () => {
    upstream.answer((_request, response) => {
      const headers = {
        'anthropic-ratelimit-unified-5h-utilization': '0.42',
        'anthropic-ratelimit-unified-5h-reset': String(Math.floor(Date.now() / 1_000) + 7_200),
      };
      response.writeHead(200, headers).end('{}');
    });
    writeFileSync(join(folder, 'salt'), 'a salt of at least sixteen bytes');
    const files = { TIDEWATCH_STATE_FILE: join(folder, 'state.json'), TIDEWATCH_SALT_FILE: join(folder, 'salt') };
    const first = await run(files);
    const client = new RawClient(first.port);
    client.write(REQUEST);
    await client.answer();
    client.socket.destroy();
    first.child.kill('SIGTERM');
    await once(first.child, 'exit');
    expect(readFileSync(files.TIDEWATCH_STATE_FILE, 'utf8')).not.toContain('never-to-be-seen');
    const second = await run(files);
    expect(JSON.parse((await get(second.port, '/health/windows')).text)).toMatchObject({
      windows: [{ window: '5h', utilization: 42, resetsAt: expect.stringMatching(/^20.*Z$/) }],
    });
  });

  test('says why it cannot start', async () => {
    const taken = await run();
    const child = spawn(process.execPath, [MAIN], {
      env: environmentOf({ TIDEWATCH_PORT: String(taken.port) }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    expect(await once(child, 'exit')).toStrictEqual([1, null]);
    expect(said).toContain('EADDRINUSE');
  });
});

describe('--check', () => {
  const check = (extra: Readonly<Record<string, string>>) =>
    execFileSync(process.execPath, [MAIN, '--check'], { env: environmentOf(extra), encoding: 'utf8', stdio: 'pipe' });

  test('shows the configuration with its defaults', () => {
    expect(JSON.parse(check({}))).toMatchObject({ credentialsMode: 'pass-through', drainSeconds: 600 });
  });

  test('names all problems and fails', () => {
    expect(() => check({ TIDEWATCH_PORT: 'x', TIDEWATCH_LOG_LEVEL: 'loud' })).toThrow(
      /2 problem\(s\)[\s\S]*logLevel[\s\S]*port/,
    );
  });

  test.each([
    ['salt', { TIDEWATCH_SALT_FILE: '/nowhere/salt' }],
    ['authorities', { TIDEWATCH_UPSTREAM_CA_FILE: '/nowhere/ca.pem' }],
  ])('notices a file of %s that is not there', (_what, extra) => {
    expect(() => check(extra)).toThrow(/ENOENT/);
  });
});

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasOpenssl)('an upstream that speaks TLS (needs openssl for a certificate)', () => {
  const certificate = () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const how = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', [...how, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { cert, tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } };
  };

  test('is believed where its authority is known, and not where it is not', async () => {
    const { cert, tls } = certificate();
    const secure = await startUpstream((_request, response) => void response.end('{"secure":1}'), tls);
    const ask = async (extra: Readonly<Record<string, string>>) => {
      const proxy = await run({ TIDEWATCH_UPSTREAM_URL: secure.url, ...extra });
      const client = new RawClient(proxy.port);
      client.write(REQUEST);
      const answer = await client.answer();
      client.socket.destroy();
      return { answer, proxy };
    };
    const known = await ask({ TIDEWATCH_UPSTREAM_CA_FILE: cert });
    expect(known.answer.body.toString()).toBe('{"secure":1}');
    const unknown = await ask({});
    expect(unknown.answer.status).toBe(502);
    await expect.poll(() => events(unknown.proxy, 'upstream_error')).toMatchObject([{ error_type: 'tls' }]);
    await secure.close();
  });
});
