import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StackInput } from '#config';
import { build, type Manifest } from '../../components/sample.ts';
import { freePort, startProcess } from '../../peers/process.ts';
import { startUpstream } from '../../support/proxy/loopback-upstream.ts';
import { type TemporaryRoot, temporaryRoot } from './temporary-root.ts';

interface Container {
  readonly command: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string };
}

interface PodSpec {
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
}

const SALT = Buffer.alloc(32, 7).toString('base64url');

/** A pod of the generated manifests, run by this machine's Node.js below a temporary root. */
const pod = (settings: StackInput) => {
  const built = build(settings);
  const spec: PodSpec = built.find('Deployment', 'anthropic-proxy').spec.template.spec;
  const [unpack] = spec.initContainers;
  const [main] = spec.containers;
  if (unpack === undefined || main === undefined) throw new Error('the pod has no two containers');
  const mounts = [...unpack.volumeMounts, ...main.volumeMounts];
  const root = temporaryRoot([...new Set(mounts.map(({ mountPath }) => mountPath))]);
  for (const { name, mountPath } of mounts) fill(root, mountPath, filesOf(built.find, spec, name));
  return { root, unpack, main };
};

/** What a volume holds when the pod starts. */
const filesOf = (find: (kind: string, name: string) => Manifest, { volumes }: PodSpec, name: string) => {
  const volume = volumes.find((one) => one.name === name);
  if (volume?.configMap !== undefined) return find('ConfigMap', volume.configMap.name);
  return volume?.secret?.secretName === 'anthropic-proxy-salt' ? { data: { salt: SALT } } : {};
};

const fill = (root: TemporaryRoot, folder: string, content: Partial<Pick<Manifest, 'data' | 'binaryData'>>): void => {
  for (const [file, text] of Object.entries(content.data ?? {})) root.write(`${folder}/${file}`, root.mapped(text));
  for (const [file, text] of Object.entries(content.binaryData ?? {}))
    root.write(`${folder}/${file}`, Buffer.from(text, 'base64'));
};

const commandOf = (root: TemporaryRoot, { command: [program, ...args] }: Container) => {
  expect(program).toBe('node');
  return args.map((argument) => root.mapped(argument));
};

const environmentOf = (root: TemporaryRoot, { env = [] }: Container): Record<string, string> =>
  Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, root.mapped(value)]])));

const run = (root: TemporaryRoot, container: Container, ...more: string[]): string =>
  execFileSync(process.execPath, [...commandOf(root, container), ...more], {
    cwd: root.folder,
    env: environmentOf(root, container),
    encoding: 'utf8',
  });

/** A window as the API's headers tell it: what makes the proxy have something to keep. */
const LIMITS = {
  'anthropic-ratelimit-unified-5h-utilization': '0.5',
  'anthropic-ratelimit-unified-5h-reset': `${Math.ceil(Date.now() / 1_000) + 3_600}`,
};

const onLoopback = (upstream: string, port: number, metricsPort: number): Record<string, string> => ({
  TIDEWATCH_UPSTREAM_URL: upstream,
  TIDEWATCH_HOST: '127.0.0.1',
  TIDEWATCH_PORT: `${port}`,
  TIDEWATCH_METRICS_PORT: `${metricsPort}`,
  TIDEWATCH_LINGER_SECONDS: '0',
});

describe('the pod that runs the bundle', () => {
  const { root, unpack, main } = pod({ proxy: { drainSeconds: 30 } });
  beforeAll(() => {
    run(root, unpack);
  });
  afterAll(() => root.remove());

  test('unpacks the program where it runs it', () => {
    expect(existsSync(root.mapped(main.command.at(-1) ?? ''))).toBe(true);
  });

  test('takes the configuration of the manifests, all of it', () => {
    expect(JSON.parse(run(root, main, '--check'))).toMatchObject({
      upstreamUrl: 'https://api.anthropic.com',
      credentialsMode: 'pass-through',
      saltFile: root.at('/etc/anthropic-proxy/salt/salt'),
      stateFile: root.at('/var/lib/anthropic-proxy/state.json'),
      lingerSeconds: 10,
      drainSeconds: 30,
      logLevel: 'info',
      port: 8080,
      metricsPort: 9090,
    });
  });

  test('forwards, serves health and metrics, and keeps its state where the volume is', async () => {
    const upstream = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', ...LIMITS });
      response.end('{"type":"message"}');
    });
    const [port, metricsPort] = [await freePort(), await freePort()];
    const proxy = await startProcess({
      program: process.execPath,
      args: commandOf(root, main),
      cwd: root.folder,
      env: { ...environmentOf(root, main), ...onLoopback(upstream.url, port, metricsPort) },
      readyUrl: `http://127.0.0.1:${port}/ready`,
    });
    try {
      const url = `http://127.0.0.1:${port}`;
      const request = { method: 'POST', headers: { 'x-api-key': 'sk-ant-api03-test' }, body: '{}' };
      expect(await (await fetch(`${url}/v1/messages`, request)).text()).toBe('{"type":"message"}');
      expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' });
      expect(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()).toContain('proxy_build_info{');
    } finally {
      await proxy.stop();
      await upstream.close();
    }
    expect(proxy.logs()).toContain('"event":"proxy_stopped"');
    expect(proxy.logs()).not.toContain('"level":"ERROR"');
    expect(root.read('/var/lib/anthropic-proxy/state.json').toString()).toContain('"5h"');
  });
});

describe('the pod of a pool of several', () => {
  const { root, unpack, main } = pod({ proxy: { replicas: 2, credentials: { mode: 'pool' } } });
  beforeAll(() => {
    run(root, unpack);
  });
  afterAll(() => root.remove());

  test('finds its credentials and its peers, and keeps no state', () => {
    const config = JSON.parse(run(root, main, '--check'));
    expect(config).toMatchObject({
      credentialsMode: 'pool',
      credentialsDir: root.at('/etc/anthropic-proxy/credentials'),
      peersHost: 'anthropic-proxy-pods',
    });
    expect(config).not.toHaveProperty('stateFile');
  });
});
