import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { type Built, build, HA, secretsOf } from './sample.ts';

const CHECKSUM = 'tidewatch.dev/checksum';

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

  test('alone it keeps its state on a volume that one pod may hold', () => {
    expect(single.find('Deployment', 'anthropic-proxy').spec.strategy).toEqual({ type: 'Recreate' });
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
      expect(alone.find('Deployment', 'anthropic-proxy').spec.strategy).toEqual({ type: 'Recreate' });
    });
  });
});
