import { describe, expect, test } from 'vitest';
import { type Built, build, secretsOf } from './sample.ts';

const CHECKSUM = 'tidewatch.dev/checksum';

const single = build({ proxy: { credentials: { mode: 'pool' } } });
const several = build({ proxy: { replicas: 3 } });

describe('the proxy', () => {
  const pod = ({ find }: Built) => find('Deployment', 'anthropic-proxy').spec.template;
  const settingsOf = ({ find }: Built) =>
    JSON.parse(find('ConfigMap', 'anthropic-proxy-config').data?.['config.json'] ?? '');

  test('lingers, drains and writes before it is killed', () => {
    expect(pod(single).spec.terminationGracePeriodSeconds).toBe(10 + 600 + 20);
    expect(pod(single).spec.containers[0].lifecycle.preStop.exec.command).toEqual(['sleep', '10']);
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
    expect(pod(several).spec.topologySpreadConstraints).toHaveLength(1);
    expect(pod(several).spec.affinity.podAntiAffinity).toHaveProperty(
      'preferredDuringSchedulingIgnoredDuringExecution',
    );
    expect(several.find('PodDisruptionBudget', 'anthropic-proxy').spec.maxUnavailable).toBe(1);
    expect(
      several.all.some(
        ({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name.startsWith('anthropic'),
      ),
    ).toBe(false);
    expect(settingsOf(several).stateFile).toBeNull();
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
    expect(pod(single).metadata.annotations[CHECKSUM]).toBe(
      single.find('ConfigMap', 'anthropic-proxy-config').metadata.annotations?.[CHECKSUM],
    );
  });
});
