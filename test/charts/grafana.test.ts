import { describe, expect, test } from 'vitest';
import { build } from './sample.ts';

const single = build();

describe('Grafana', () => {
  const { template } = single.find('Deployment', 'grafana').spec;
  const environment = Object.fromEntries(
    template.spec.containers[0].env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );

  test('lets nobody in without the password of the Secret', () => {
    expect(environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
      GF_USERS_ALLOW_SIGN_UP: 'false',
      GF_SECURITY_ADMIN_PASSWORD__FILE: '/etc/grafana/secrets/admin-password',
      GF_SECURITY_ADMIN_USER__FILE: '/etc/grafana/secrets/admin-user',
    });
    expect(environment).not.toHaveProperty('GF_SECURITY_ADMIN_PASSWORD');
  });

  test('encrypts its database with a key of its own, not with the public default', () => {
    expect(environment.GF_SECURITY_SECRET_KEY__FILE).toBe('/etc/grafana/secrets/secret-key');
    expect(environment).not.toHaveProperty('GF_SECURITY_SECRET_KEY');
  });

  test('calls nobody and keeps the plugins of its image', () => {
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
});
