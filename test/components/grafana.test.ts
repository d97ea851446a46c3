import { describe, expect, test } from 'vitest';
import { build, HA, secretsOf } from './sample.ts';

const single = build();

describe('Grafana', () => {
  const { template } = single.find('Deployment', 'grafana').spec;
  const environment = Object.fromEntries(
    template.spec.containers[0].env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );

  test('requires the password of the Secret', () => {
    expect(environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
      GF_USERS_ALLOW_SIGN_UP: 'false',
      GF_SECURITY_ADMIN_PASSWORD__FILE: '/etc/grafana/secrets/admin-password',
      GF_SECURITY_ADMIN_USER__FILE: '/etc/grafana/secrets/admin-user',
    });
    expect(environment).not.toHaveProperty('GF_SECURITY_ADMIN_PASSWORD');
  });

  test('shows nothing without an account', () => {
    expect(environment).toMatchObject({ GF_PUBLIC_DASHBOARDS_ENABLED: 'false', GF_SNAPSHOTS_ENABLED: 'false' });
  });

  test('proxies raw requests to Prometheus only: Loki can be shut down by a GET', () => {
    expect(environment.GF_SECURITY_DATA_SOURCE_PROXY_WHITELIST).toBe('prometheus:9090');
  });

  test('encrypts its database with a key of its own, not with the public default', () => {
    expect(environment.GF_SECURITY_SECRET_KEY__FILE).toBe('/etc/grafana/secrets/secret-key');
    expect(environment).not.toHaveProperty('GF_SECURITY_SECRET_KEY');
  });

  test('sends no requests outside the cluster and keeps the plugins of its image', () => {
    expect(environment).toMatchObject({
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
      GF_SECURITY_DISABLE_GRAVATAR: 'true',
      GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    });
  });

  test('reads each dashboard from a ConfigMap, without a restart when it changes', () => {
    expect(template.spec.volumes).toContainEqual({
      name: 'dashboard-files',
      projected: { sources: [{ configMap: { name: 'grafana-dashboard-sample' } }] },
    });
    expect(single.find('ConfigMap', 'grafana-dashboard-sample').data).toEqual({ 'sample.json': '{"uid":"sample"}' });
  });

  test('marks its cookies secure where people reach it over https', () => {
    expect(environment.GF_SECURITY_COOKIE_SECURE).toBe('false');
    const secure = build({ grafana: { rootUrl: 'https://g.example.com' } }).find('Deployment', 'grafana');
    expect(secure.spec.template.spec.containers[0].env).toContainEqual({
      name: 'GF_SECURITY_COOKIE_SECURE',
      value: 'true',
    });
  });

  describe('with a shared database', () => {
    const database = { host: 'postgres.example.com:5432', sslMode: 'verify-full', caKey: 'ca.crt' } as const;
    const shared = build({ ...HA, grafana: { database } });
    const variables = shared.find('Deployment', 'grafana').spec.template.spec.containers[0].env;
    const ofDatabase = Object.fromEntries(
      variables
        .filter(({ name }: { name: string }) => name.startsWith('GF_DATABASE'))
        .map(({ name, value }: { name: string; value: string }) => [name, value]),
    );

    test('reads its password and CA certificate from files', () => {
      expect(ofDatabase).toEqual({
        GF_DATABASE_TYPE: 'postgres',
        GF_DATABASE_HOST: 'postgres.example.com:5432',
        GF_DATABASE_NAME: 'grafana',
        GF_DATABASE_USER: 'grafana',
        GF_DATABASE_PASSWORD__FILE: '/etc/grafana/database/password',
        GF_DATABASE_SSL_MODE: 'verify-full',
        GF_DATABASE_CA_CERT_PATH: '/etc/grafana/database/ca.crt',
      });
      expect(secretsOf(shared, 'Deployment', 'grafana')).toEqual(['grafana-admin', 'grafana-database']);
    });

    test('has two stateless replicas and a rolling update', () => {
      const { replicas, strategy, template: pod } = shared.find('Deployment', 'grafana').spec;
      expect(replicas).toBe(2);
      expect(strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
      expect(pod.spec.volumes).toContainEqual({ name: 'data', emptyDir: { sizeLimit: '256Mi' } });
      expect(shared.find('PodDisruptionBudget', 'grafana').spec.maxUnavailable).toBe(1);
      expect(
        shared.all.some(({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name === 'grafana-state'),
      ).toBe(false);
    });

    test('has one replica with a volume without it, also in the profile ha', () => {
      const { replicas, strategy } = build(HA).find('Deployment', 'grafana').spec;
      expect([replicas, strategy]).toEqual([1, { type: 'Recreate' }]);
      expect(build({ grafana: { database } }).find('Deployment', 'grafana').spec.replicas).toBe(1);
    });
  });
});
