import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StackInput } from '#config';
import manifest from '../../package.json' with { type: 'json' };
import { readConfig } from '../../proxy/config.ts';
import { readPrices } from '../../proxy/usage/prices.ts';
import { type Built, build, HA, secretsOf } from './sample.ts';

const CHECKSUM = 'tidewatch.dev/checksum';

const RATES = { input: 4, output: 20, cacheRead: 0.4, cacheWrite5m: 5, cacheWrite1h: 8 };

const single = build({ proxy: { credentials: { mode: 'pool' } } });
const several = build({ proxy: { replicas: 3 } });
const withImage = build({ proxy: { image: 'ghcr.io/example/anthropic-proxy:1.2.3' } });

describe('the proxy', () => {
  const pod = ({ find }: Built) => find('Deployment', 'anthropic-proxy').spec.template;
  const settingsOf = ({ find }: Built) =>
    JSON.parse(find('ConfigMap', 'anthropic-proxy-config').data?.['config.json'] ?? '');

  test('lingers, drains and writes before it is killed', () => {
    expect(settingsOf(single)).toMatchObject({ lingerSeconds: 10, drainSeconds: 600 });
    expect(pod(single).spec.terminationGracePeriodSeconds).toBe(10 + 600 + 20);
    expect(pod(single).spec.containers[0]).not.toHaveProperty('lifecycle');
    expect(pod(build({ proxy: { drainSeconds: 30 } })).spec.terminationGracePeriodSeconds).toBe(60);
  });

  test('alone it keeps its state on a volume, where the next pod starts before it terminates', () => {
    const { strategy } = single.find('Deployment', 'anthropic-proxy').spec;
    expect(strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    expect(pod(single).spec.affinity).toEqual({
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            labelSelector: { matchLabels: { 'tidewatch.dev/volume': 'anthropic-proxy-state' } },
            topologyKey: 'kubernetes.io/hostname',
          },
        ],
      },
    });
    expect(pod(single).metadata.labels['tidewatch.dev/volume']).toBe('anthropic-proxy-state');
    expect(pod(single).spec.volumes).toContainEqual({
      name: 'state',
      persistentVolumeClaim: { claimName: 'anthropic-proxy-state' },
    });
    expect(settingsOf(single).stateFile).toBe('/var/lib/anthropic-proxy/state.json');
  });

  test('with several replicas none is missing in a rollout, they spread, and there is no volume', () => {
    const { replicas, strategy } = several.find('Deployment', 'anthropic-proxy').spec;
    expect(replicas).toBe(3);
    expect(strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    expect(pod(several).spec.topologySpreadConstraints).toHaveLength(2);
    expect(pod(several).spec.affinity).not.toHaveProperty('podAffinity');
    expect(pod(several).metadata.labels).not.toHaveProperty(['tidewatch.dev/volume']);
    expect(pod(several).spec.affinity.podAntiAffinity).toHaveProperty(
      'preferredDuringSchedulingIgnoredDuringExecution',
    );
    expect(several.find('PodDisruptionBudget', 'anthropic-proxy').spec.maxUnavailable).toBe(1);
    expect(
      several.all.some(
        ({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name.startsWith('anthropic'),
      ),
    ).toBe(false);
    expect(settingsOf(several)).not.toHaveProperty('stateFile');
  });

  test('takes the credentials of its pool as files, and none when it passes them through', () => {
    expect(secretsOf(single, 'Deployment', 'anthropic-proxy')).toEqual([
      'anthropic-proxy-salt',
      'anthropic-proxy-credentials',
    ]);
    expect(secretsOf(several, 'Deployment', 'anthropic-proxy')).toEqual(['anthropic-proxy-salt']);
  });

  test('serves its clients and its metrics on ports of their own', () => {
    const ports = single.find('Service', 'anthropic-proxy').spec.ports;
    expect(ports.map(({ name, port }: { name: string; port: number }) => [name, port])).toEqual([
      ['http', 8080],
      ['metrics', 9090],
    ]);
  });

  test('starts anew when its configuration changes', () => {
    const changed = build({ proxy: { logLevel: 'debug', credentials: { mode: 'pool' } } });
    expect(pod(changed).metadata.annotations[CHECKSUM]).not.toBe(pod(single).metadata.annotations[CHECKSUM]);
    expect(pod(single).metadata.annotations[CHECKSUM]).toMatch(
      `${single.find('ConfigMap', 'anthropic-proxy-config').metadata.annotations?.[CHECKSUM]}.`,
    );
  });

  test('starts anew with another bundle, which has a checksum beside that of the configuration', () => {
    expect(pod(single).metadata.annotations[CHECKSUM]).toMatch(/^[0-9a-f]{16}\.[0-9a-f]{16}$/);
    expect(pod(withImage).metadata.annotations[CHECKSUM]).toMatch(/^[0-9a-f]{16}$/);
  });

  test('without an image it is the bundle that a stock Node.js runs', () => {
    const { initContainers, containers, securityContext } = pod(single).spec;
    expect(containers[0].image).toMatch(/^docker\.io\/library\/node:24\.\d+\.\d+-slim(@sha256:[0-9a-f]{64})?$/);
    expect(initContainers[0].image).toBe(containers[0].image);
    expect(securityContext).toMatchObject({ runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 });
    expect(pod(single).metadata.labels['app.kubernetes.io/version']).toBe(manifest.version);
    expect(single.charts.has('10-proxy-bundle')).toBe(true);
  });

  test('cannot write the program that it runs', () => {
    const mountOf = (container: { volumeMounts: { name: string; readOnly?: boolean }[] }) =>
      container.volumeMounts.find(({ name }) => name === 'program');
    expect(mountOf(pod(single).spec.containers[0])).toMatchObject({ readOnly: true });
    expect(mountOf(pod(single).spec.initContainers[0])).not.toHaveProperty('readOnly');
  });

  test('the bundle fits its ConfigMap with a tenth to spare', () => {
    const { binaryData = {} } = single.find('ConfigMap', 'anthropic-proxy-bundle');
    expect(Object.keys(binaryData)).toEqual(['proxy.mjs.br']);
    expect(binaryData['proxy.mjs.br']?.length).toBeLessThanOrEqual(900 * 1024);
  });

  test('with an image there is neither a bundle nor an init container', () => {
    expect(withImage.charts.has('10-proxy-bundle')).toBe(false);
    expect(pod(withImage).spec).not.toHaveProperty('initContainers');
    expect(pod(withImage).spec.containers[0].image).toBe('ghcr.io/example/anthropic-proxy:1.2.3');
    expect(pod(withImage).spec.containers[0]).not.toHaveProperty('command');
    expect(pod(withImage).spec.securityContext.runAsUser).toBe(1000);
    expect(pod(withImage).metadata.labels['app.kubernetes.io/version']).toBe('1.2.3');
  });

  test('several replicas of a pool meet under one name, to share the polls', () => {
    const pool = build({ proxy: { replicas: 3, credentials: { mode: 'pool' } } });
    const { peersHost } = settingsOf(pool);
    expect(pool.find('Service', peersHost).spec.clusterIP).toBe('None');
    expect(pod(pool).spec.containers[0].env).toContainEqual({
      name: 'TIDEWATCH_POD_ADDRESS',
      valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } },
    });
    expect(settingsOf(several)).not.toHaveProperty('peersHost');
    expect(settingsOf(single)).not.toHaveProperty('peersHost');
  });

  describe('where an autoscaler decides how many there are', () => {
    const scaled = build(HA);
    const autoscaler = (settings: typeof HA) => build(settings).find('HorizontalPodAutoscaler', 'anthropic-proxy').spec;

    test('the Deployment says no number, and no replica keeps state', () => {
      expect(scaled.find('Deployment', 'anthropic-proxy').spec).not.toHaveProperty('replicas');
      expect(settingsOf(scaled)).not.toHaveProperty('stateFile');
      expect(scaled.find('PodDisruptionBudget', 'anthropic-proxy').spec.maxUnavailable).toBe(1);
    });

    test('processor time decides, and requests in flight where they are asked for', () => {
      const metrics = (settings: typeof HA) => autoscaler(settings).metrics.map(({ type }: { type: string }) => type);
      expect(metrics(HA)).toEqual(['Resource']);
      expect(metrics({ proxy: { autoscaling: { requestsInFlight: 80 } } })).toEqual(['Resource', 'Pods']);
      expect(autoscaler({ proxy: { autoscaling: { requestsInFlight: 80 } } }).metrics[1].pods).toEqual({
        metric: { name: 'proxy_requests_in_flight' },
        target: { type: 'AverageValue', averageValue: '80' },
      });
    });

    test('none is taken away while requests of the last one may still run', () => {
      const calm = (drainSeconds: number) =>
        autoscaler({ ...HA, proxy: { drainSeconds } }).behavior.scaleDown.stabilizationWindowSeconds;
      expect([calm(600), calm(3600), calm(0)]).toEqual([600, 3600, 300]);
    });

    test('the replicas of a pool meet, however many there are', () => {
      const pool = build({ ...HA, proxy: { credentials: { mode: 'pool' } } });
      expect(settingsOf(pool).peersHost).toBe('anthropic-proxy-pods');
    });

    test('a fixed number takes its place in any profile', () => {
      const fixed = build({ ...HA, proxy: { replicas: 4 } });
      expect(fixed.find('Deployment', 'anthropic-proxy').spec.replicas).toBe(4);
      expect(fixed.all.some(({ kind }) => kind === 'HorizontalPodAutoscaler')).toBe(false);
      const alone = build({ ...HA, proxy: { replicas: 1 } });
      expect(settingsOf(alone).stateFile).toBe('/var/lib/anthropic-proxy/state.json');
      expect(pod(alone).spec.affinity).toHaveProperty('podAffinity');
    });
  });

  describe('takes settings of its own configuration', () => {
    const set = {
      poolOauth: true,
      poolEndpoints: ['messages', 'batches'],
      rotateAtPercent: 90,
      allowedHosts: ['llm.example.com'],
      allowedOrigins: ['https://chat.example.com'],
      maxAccounts: 500,
      maxConnectionsPerPeer: 64,
      userAgent: 'example/1.0',
    } as const;

    test('under the same names, with the defaults of the proxy where they are not set', () => {
      expect(settingsOf(build({ proxy: set }))).toMatchObject(set);
      expect(Object.keys(settingsOf(build()))).toEqual([
        'upstreamUrl',
        'credentialsMode',
        'saltFile',
        'stateFile',
        'lingerSeconds',
        'drainSeconds',
        'logLevel',
      ]);
    });

    test('and the proxy accepts the file', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'tidewatch-proxy-'));
      const file = join(folder, 'config.json');
      await writeFile(file, JSON.stringify(settingsOf(build({ proxy: { ...set, prices: { 'claude-next': RATES } } }))));
      expect(readConfig({ TIDEWATCH_CONFIG_FILE: file })).toMatchObject(set);
      await rm(folder, { recursive: true });
    });

    test('with prices in a file beside it, whose change starts new pods', () => {
      const prices = { 'claude-next': { ...RATES, from: '2026-12-01', mode: 'fast', aliases: ['next'] } } as const;
      const priced = build({ proxy: { prices } });
      expect(settingsOf(priced).pricesFile).toBe('/etc/anthropic-proxy/config/prices.json');
      const { data = {} } = priced.find('ConfigMap', 'anthropic-proxy-config');
      expect(JSON.parse(data['prices.json'] ?? '')).toEqual({ models: prices });
      expect(readPrices(data['prices.json'] ?? '').find('next')?.prices[0]).toMatchObject({ output: 20, mode: 'fast' });
      const dearer = build({ proxy: { prices: { 'claude-next': { ...prices['claude-next'], output: 21 } } } });
      expect(pod(dearer).metadata.annotations[CHECKSUM]).not.toBe(pod(priced).metadata.annotations[CHECKSUM]);
      expect(build().find('ConfigMap', 'anthropic-proxy-config').data).not.toHaveProperty(['prices.json']);
    });
  });

  describe('behind an outbound proxy', () => {
    const network = { egressProxy: { cidrs: ['192.0.2.7/32'], port: 3128 } };
    const proxied = (proxy: StackInput['proxy']) =>
      build({ proxy: { httpsProxy: 'http://squid.example.com:3128', ...proxy }, network });
    const variables = (built: Built) =>
      pod(built).spec.containers[0].env.filter(({ name }: { name: string }) => name.endsWith('PROXY'));
    const sendsTo = ({ find }: Built) =>
      find('NetworkPolicy', 'anthropic-proxy')
        .spec.egress.filter(({ ports }: { ports: { port: number }[] }) => ports.every(({ port }) => port !== 53))
        .map(({ to, ports }: { to: object[]; ports: { port: number }[] }) => [to[0], ports.map(({ port }) => port)]);

    test('it has the variables that Node.js programs read', () => {
      expect(variables(proxied({ noProxy: ['.svc', 'llm.example.com'] }))).toEqual([
        { name: 'HTTPS_PROXY', value: 'http://squid.example.com:3128' },
        { name: 'NO_PROXY', value: '.svc,llm.example.com' },
      ]);
      expect(variables(build())).toEqual([]);
    });

    test('it reaches that proxy and no upstream, also where the upstream has a place of its own', () => {
      expect(sendsTo(proxied({}))).toEqual([[{ ipBlock: { cidr: '192.0.2.7/32' } }, [3128]]]);
      const upstream = { namespace: 'llm' };
      const both = build({ proxy: { httpsProxy: 'http://squid.example.com:3128' }, network: { ...network, upstream } });
      expect(sendsTo(both)).toEqual([[{ ipBlock: { cidr: '192.0.2.7/32' } }, [3128]]]);
    });

    const DIRECT = { upstreamUrl: 'https://llm.example.com:8000' };

    test.each<[string, StackInput['proxy']]>([
      ['an upstream without https', { upstreamUrl: 'http://llm.example.com:8000' }],
      ['an upstream that is excepted', { ...DIRECT, noProxy: ['other.example.com', 'llm.example.com'] }],
      ['an upstream below a name that is excepted', { ...DIRECT, noProxy: ['example.com'] }],
      ['an upstream below a name with a dot', { ...DIRECT, noProxy: ['.example.com'] }],
      ['an upstream below a name with an asterisk', { ...DIRECT, noProxy: ['*.example.com'] }],
      ['an upstream like any other', { ...DIRECT, noProxy: ['*'] }],
      ['an upstream at an address', { upstreamUrl: 'https://10.1.2.3:8000', noProxy: ['10.1.2.3'] }],
      ['an upstream at an IPv6 address', { upstreamUrl: 'https://[fd00::1]:8000', noProxy: ['fd00::1'] }],
    ])('%s is reached directly', (_, proxy) => {
      const built = build({
        proxy: { httpsProxy: 'http://squid.example.com:3128', ...proxy },
        network: { ...network, upstream: { namespace: 'llm' } },
      });
      expect(sendsTo(built)).toEqual([[expect.objectContaining({ podSelector: {} }), [8000]]]);
    });

    test.each(
      [
        'https://llm.example.com',
        'https://example.com',
        'https://10.1.2.3',
        'https://[fd00::1]',
        'https://localhost',
        'https://127.0.0.1',
        'http://llm.example.com',
        'https://llm',
      ].flatMap((upstreamUrl) =>
        [
          [],
          ['*'],
          ['example.com'],
          ['.example.com'],
          ['*.example.com'],
          ['10.1.2.3'],
          ['fd00::1'],
          ['llm', 'x.y'],
        ].map((noProxy) => [upstreamUrl, noProxy] as const),
      ),
    )('the policies and the proxy agree on %s with the exceptions %j', (upstreamUrl, noProxy) => {
      const built = build({
        proxy: { httpsProxy: 'http://squid.example.com:3128', upstreamUrl, noProxy },
        network: { ...network, upstream: { namespace: 'llm' } },
      });
      const env: Record<string, string> = Object.fromEntries(
        variables(built).map(({ name, value }: { name: string; value: string }) => [name, value]),
      );
      const { outboundProxy } = readConfig({ ...env, TIDEWATCH_UPSTREAM_URL: upstreamUrl });
      const [[, ports]] = sendsTo(built);
      expect(ports.includes(3128)).toBe(outboundProxy !== null);
    });

    test.each([
      ['https://example.com', ['*.example.com', 'ample.com', 'www.example.com']],
      ['https://10.1.2.3', ['1.2.3', '10.1.2.4']],
    ])('%s is not excepted by %j', (upstreamUrl, noProxy) => {
      expect(sendsTo(proxied({ upstreamUrl, noProxy }))).toEqual([[{ ipBlock: { cidr: '192.0.2.7/32' } }, [3128]]]);
    });
  });
});
