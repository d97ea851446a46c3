import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCertificate, hasOpenssl } from '../support/proxy/certificate.ts';
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
  test('serves, counts, logs and ends cleanly at SIGTERM', async () => {
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

  test('shows its state on its own paths, and metrics on their own port', async () => {
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
    expect(JSON.parse((await get(proxy.metricsPort, '/health/windows')).text)).toMatchObject({ windows: [] });
    expect(JSON.parse((await get(proxy.metricsPort, '/health/credentials')).text)).toStrictEqual({
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
    expect(JSON.parse((await get(proxy.metricsPort, '/health/credentials')).text)).toMatchObject({
      mode: 'pool',
      credentials: [{ id: 'team-a', state: 'ready', until: null }],
    });
    expect(JSON.stringify(proxy.lines())).not.toContain('of-the-pool');
  });

  /** The output tokens of the short window, as a proxy shows them. */
  const outputTokens = async (proxy: Running): Promise<number> => {
    const { windows } = JSON.parse((await get(proxy.metricsPort, '/health/windows')).text) as {
      windows: { window: string; tokens: { direction: string; tokens: number }[] }[];
    };
    const tokens = windows.find(({ window }) => window === '5h')?.tokens ?? [];
    return tokens.reduce((sum, { direction, tokens: count }) => sum + (direction === 'output' ? count : 0), 0);
  };

  const counted = () => {
    upstream.answer((request, response) => {
      request.resume();
      const headers = {
        'content-type': 'text/event-stream',
        'anthropic-ratelimit-unified-5h-utilization': '0.42',
        'anthropic-ratelimit-unified-5h-reset': String(Math.floor(Date.now() / 1_000) + 7_200),
      };
      request.on('end', () => response.writeHead(200, headers).end(MESSAGE_EVENTS.join('')));
    });
    writeFileSync(join(folder, 'salt'), 'a salt of at least sixteen bytes');
    return { TIDEWATCH_STATE_FILE: join(folder, 'state.json'), TIDEWATCH_SALT_FILE: join(folder, 'salt') };
  };

  const ask = async (proxy: Running): Promise<void> => {
    const client = new RawClient(proxy.port);
    client.write(REQUEST);
    expect((await client.answer()).status).toBe(200);
    client.socket.destroy();
  };

  test('adds the tokens of two processes whose times overlap', async () => {
    const files = counted();
    const old = await run(files);
    await ask(old);
    await ask(old);
    await expect.poll(() => existsSync(files.TIDEWATCH_STATE_FILE), { timeout: 5_000 }).toBe(true);
    const next = await run(files);
    await Promise.all([ask(old), ask(next), ask(next)]);
    await expect.poll(() => outputTokens(next)).toBe(4 * 42);
    for (const { child } of [old, next]) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    expect(await outputTokens(await run(files))).toBe(5 * 42);
  });

  test('loses the last second at most when it is killed under load', async () => {
    const files = counted();
    const one = await run(files);
    const answered: number[] = [];
    const until = Date.now() + 3_000;
    while (Date.now() < until) {
      await ask(one);
      answered.push(Date.now());
    }
    const killedAt = Date.now();
    one.child.kill('SIGKILL');
    await once(one.child, 'exit');
    // One second of gathering, and half of one for a slow disk.
    const safe = answered.filter((at) => at < killedAt - 1_500).length;
    expect(safe).toBeGreaterThan(20);
    expect(await outputTokens(await run(files))).toBeGreaterThanOrEqual(safe * 42);
  });

  test('starts with a state file whose times are absurd, and shows its windows', async () => {
    const files = counted();
    const window = (time: number) => ({
      ...{ name: '5h', from: time, endedAt: time, endedBy: time, begunAt: time, since: time, tokens: {} },
      ...{ elapsed: false, counted: false, warned: false, status: null },
      utilization: { value: 97, madeAt: time, source: 'header' },
      resetsAt: { value: time, madeAt: time },
    });
    const accounts = [1e300, -1e300, 8.64e15, 253_402_300_800_000].map((time, n) => ({
      ...{ credential: `account-${n}`, claim: null, seenAt: time, extraUsage: null },
      windows: [window(time)],
    }));
    const parts = { tracker: { accounts }, pool: { credentials: [{ changedAt: 1e300 }] }, batches: 1e300 };
    writeFileSync(files.TIDEWATCH_STATE_FILE, JSON.stringify({ version: 2, savedAt: 1e300, parts }));
    const proxy = await run(files);
    expect((await get(proxy.metricsPort, '/health/windows')).status).toBe(200);
    expect((await get(proxy.metricsPort, '/metrics')).status).toBe(200);
    await ask(proxy);
    proxy.child.kill('SIGTERM');
    expect(await once(proxy.child, 'exit')).toStrictEqual([0, null]);
    expect(await outputTokens(await run(files))).toBe(42);
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
    expect(JSON.parse((await get(second.metricsPort, '/health/windows')).text)).toMatchObject({
      windows: [{ window: '5h', utilization: 42, resetsAt: expect.stringMatching(/^20.*Z$/) }],
    });
  });

  const failing = async (extra: Readonly<Record<string, string>>, ...args: readonly string[]) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: environmentOf(extra),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    return { errors, code };
  };

  test('reports in one line which port is taken', async () => {
    const taken = await run();
    for (const [variable, key] of [
      ['TIDEWATCH_PORT', 'port'],
      ['TIDEWATCH_METRICS_PORT', 'metricsPort'],
    ] as const) {
      expect(await failing({ [variable]: String(taken.port) })).toStrictEqual({
        errors: `the proxy cannot start: ${key} (${variable}): port ${taken.port} of 127.0.0.1 is taken by another process; stop that one or set another port\n`,
        code: 1,
      });
    }
  });

  test('reports in one line an address that the machine lacks', async () => {
    const { errors, code } = await failing({ TIDEWATCH_HOST: '192.0.2.1' });
    expect({ errors, code }).toStrictEqual({
      errors:
        "the proxy cannot start: host (TIDEWATCH_HOST): this machine has no address '192.0.2.1'; correct or unset it\n",
      code: 1,
    });
  });

  test.each([[[]], [['--check']]])(
    'reports in one line each the files that cannot be used, with the arguments %j',
    async (args) => {
      const [salt, authorities, prices] = ['salt', 'ca.pem', 'prices.json'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      writeFileSync(salt, 'short');
      writeFileSync(authorities, 'no certificate');
      const files = {
        TIDEWATCH_SALT_FILE: salt,
        TIDEWATCH_UPSTREAM_CA_FILE: authorities,
        TIDEWATCH_PRICES_FILE: prices,
      };
      const { errors, code } = await failing(files, ...args);
      expect(code).toBe(1);
      expect(errors.trimEnd().split('\n')).toStrictEqual([
        'the configuration has 3 problem(s):',
        expect.stringMatching(
          /^- saltFile \(TIDEWATCH_SALT_FILE\): the salt in '.*' must have at least 16 bytes, got 5;/,
        ),
        expect.stringMatching(
          /^- upstreamCaFile \(TIDEWATCH_UPSTREAM_CA_FILE\): '.*' must hold certificates in PEM, got 14 /,
        ),
        expect.stringMatching(/^- pricesFile \(TIDEWATCH_PRICES_FILE\): '.*' cannot be read \(ENOENT\);/),
      ]);
    },
  );
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
});

describe.skipIf(!hasOpenssl)('an upstream that speaks TLS (needs openssl for a certificate)', () => {
  test('is believed where its authority is known, and not where it is not', async () => {
    const certificate = createCertificate(folder);
    const secure = await startUpstream((_request, response) => void response.end('{"secure":1}'), certificate);
    const ask = async (extra: Readonly<Record<string, string>>) => {
      const proxy = await run({ TIDEWATCH_UPSTREAM_URL: secure.url, ...extra });
      const client = new RawClient(proxy.port);
      client.write(REQUEST);
      const answer = await client.answer();
      client.socket.destroy();
      return { answer, proxy };
    };
    const known = await ask({ TIDEWATCH_UPSTREAM_CA_FILE: certificate.file });
    expect(known.answer.body.toString()).toBe('{"secure":1}');
    const unknown = await ask({});
    expect(unknown.answer.status).toBe(502);
    await expect.poll(() => events(unknown.proxy, 'upstream_error')).toMatchObject([{ error_type: 'tls' }]);
    await secure.close();
  });
});
