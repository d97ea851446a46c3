import { describe, expect, test } from 'vitest';
import { build, secretsOf } from './sample.ts';

const single = build();

describe('Prometheus', () => {
  const { template } = single.find('StatefulSet', 'prometheus').spec;

  test('reloads by itself and offers no way to stop it or delete data', () => {
    expect(template.spec.containers[0].args).toEqual([
      '--config.file=/etc/prometheus/config/prometheus.yml',
      '--config.auto-reload',
      '--config.auto-reload-interval=15s',
      '--storage.tsdb.path=/prometheus',
    ]);
  });

  test('may find pods of its namespace and nothing else', () => {
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
});
