import { describe, expect, test } from 'vitest';
import { build, HA, secretsOf } from './sample.ts';

const single = build();

describe('Prometheus', () => {
  const { template } = single.find('StatefulSet', 'prometheus').spec;

  test('reloads automatically and has no API to stop it or delete data', () => {
    expect(template.spec.containers[0].args).toEqual([
      '--config.file=/etc/prometheus/config/prometheus.yml',
      '--config.auto-reload',
      '--config.auto-reload-interval=15s',
      '--storage.tsdb.path=/prometheus',
    ]);
  });

  test('may discover pods of its namespace and nothing else', () => {
    expect(single.find('Role', 'prometheus').rules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    ]);
  });

  test('mounts the Secret of remote write only when something is read from it', () => {
    const remote = (more: object) =>
      build({ prometheus: { remoteWrite: [{ url: 'https://m.example.com/push', ...more }] } });
    expect(secretsOf(remote({}), 'StatefulSet', 'prometheus')).toEqual([]);
    expect(secretsOf(remote({ bearerTokenKey: 'token' }), 'StatefulSet', 'prometheus')).toEqual([
      'prometheus-remote-write',
    ]);
  });

  test('has the external URL in links and is served at the root', () => {
    const { args } = build({ prometheus: { externalUrl: 'https://example.com/prometheus' } }).find(
      'StatefulSet',
      'prometheus',
    ).spec.template.spec.containers[0];
    expect(args.slice(-2)).toEqual(['--web.external-url=https://example.com/prometheus/', '--web.route-prefix=/']);
  });

  describe('as a pair', () => {
    const pair = build(HA);

    test('has pods that know their names, which distinguish the replicas', () => {
      const { replicas, template: twin } = pair.find('StatefulSet', 'prometheus').spec;
      expect(replicas).toBe(2);
      expect(twin.spec.containers[0].env).toContainEqual({
        name: 'POD_NAME',
        valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } },
      });
      const names = (template.spec.containers[0].env ?? []).map(({ name }: { name: string }) => name);
      expect(names).not.toContain('POD_NAME');
    });

    test('serves each Grafana from the same replica, so that graphs do not jump', () => {
      expect(pair.find('Service', 'prometheus').spec.sessionAffinity).toBe('ClientIP');
      expect(single.find('Service', 'prometheus').spec).not.toHaveProperty('sessionAffinity');
    });

    test('loses one to a drained node at most', () => {
      expect(pair.find('PodDisruptionBudget', 'prometheus').spec.maxUnavailable).toBe(1);
    });
  });
});
