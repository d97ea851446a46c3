import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { StackInput } from '#config';
import { build, secretsOf } from './sample.ts';

type Exposure = NonNullable<NonNullable<StackInput['grafana']>['exposure']>;

const exposed = (exposure: Exposure) => build({ grafana: { rootUrl: 'https://grafana.example.com', exposure } });

test('Grafana is reached by port-forward only, unless it is exposed', () => {
  expect(build().all.filter(({ kind }) => ['Ingress', 'HTTPRoute', 'Gateway'].includes(kind))).toEqual([]);
});

test('an Ingress serves the host of rootUrl with a certificate', () => {
  const way = { kind: 'ingress', tlsSecret: 'grafana-tls', className: 'nginx', annotations: { a: 'b' } } as const;
  const { metadata, spec } = exposed(way).find('Ingress', 'grafana');
  expect(metadata.annotations).toEqual({ a: 'b' });
  expect(spec).toEqual({
    ingressClassName: 'nginx',
    tls: [{ hosts: ['grafana.example.com'], secretName: 'grafana-tls' }],
    rules: [
      {
        host: 'grafana.example.com',
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'grafana', port: { name: 'http' } } } }],
        },
      },
    ],
  });
});

test('an Ingress without a class leaves the choice to the cluster', () => {
  const { metadata, spec } = exposed({ kind: 'ingress', tlsSecret: 'grafana-tls' }).find('Ingress', 'grafana');
  expect(spec).not.toHaveProperty('ingressClassName');
  expect(metadata).not.toHaveProperty('annotations');
});

test('an HTTPRoute is attached to the listener that has the certificate', () => {
  const way = { kind: 'gateway', gateway: 'public', gatewayNamespace: 'gateways', listener: 'https' } as const;
  const { apiVersion, spec } = exposed(way).find('HTTPRoute', 'grafana');
  expect(apiVersion).toBe('gateway.networking.k8s.io/v1');
  expect(spec.parentRefs).toEqual([
    {
      group: 'gateway.networking.k8s.io',
      kind: 'Gateway',
      namespace: 'gateways',
      name: 'public',
      sectionName: 'https',
    },
  ]);
  expect(spec.hostnames).toEqual(['grafana.example.com']);
  expect(spec.rules[0].backendRefs).toEqual([{ group: '', kind: 'Service', name: 'grafana', port: 3000, weight: 1 }]);
});

test('behind TLS session cookies are secure', () => {
  const { spec } = exposed({ kind: 'ingress', tlsSecret: 'grafana-tls' }).find('Deployment', 'grafana');
  const env: readonly { name: string; value: string }[] = spec.template.spec.containers[0].env;
  expect(env.find(({ name }) => name === 'GF_SECURITY_COOKIE_SECURE')?.value).toBe('true');
  expect(env.find(({ name }) => name === 'GF_SERVER_ROOT_URL')?.value).toBe('https://grafana.example.com/');
});

test('an exposed Grafana serves its metrics to Prometheus only, which has the password from the same Secret', () => {
  const built = exposed({ kind: 'ingress', tlsSecret: 'grafana-tls' });
  const { containers, volumes } = built.find('Deployment', 'grafana').spec.template.spec;
  const env = Object.fromEntries(
    containers[0].env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );
  expect(env.GF_METRICS_BASIC_AUTH_USERNAME).toBe('prometheus');
  expect(env.GF_METRICS_BASIC_AUTH_PASSWORD__FILE).toBe('/etc/grafana/metrics/password');
  expect(volumes).toContainEqual({ name: 'metrics', secret: { secretName: 'grafana-metrics', defaultMode: 0o440 } });
  expect(secretsOf(built, 'StatefulSet', 'prometheus')).toEqual(['grafana-metrics']);
  const { scrape_configs: jobs } = parse(built.configFiles['prometheus.yml'] ?? '');
  const authenticated = jobs.filter((job: { basic_auth?: object }) => job.basic_auth !== undefined);
  expect(authenticated).toMatchObject([
    { job_name: 'grafana', basic_auth: { username: 'prometheus', password_file: '/etc/prometheus/grafana/password' } },
  ]);
});

test('without exposure no further Secret is needed', () => {
  const built = build();
  expect(secretsOf(built, 'StatefulSet', 'prometheus')).toEqual([]);
  expect(secretsOf(built, 'Deployment', 'grafana')).toEqual(['grafana-admin']);
});
