import { expect, test } from 'vitest';
import type { StackInput } from '#config';
import { build } from './sample.ts';

type Exposure = NonNullable<NonNullable<StackInput['grafana']>['exposure']>;

const exposed = (exposure: Exposure) => build({ grafana: { rootUrl: 'https://grafana.example.com', exposure } });

test('Grafana is reached by a port-forward alone unless a setting opens it', () => {
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

test('an HTTPRoute hangs on the one listener that has the certificate', () => {
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

test('behind TLS the cookies of sessions go over TLS alone', () => {
  const { spec } = exposed({ kind: 'ingress', tlsSecret: 'grafana-tls' }).find('Deployment', 'grafana');
  const env: readonly { name: string; value: string }[] = spec.template.spec.containers[0].env;
  expect(env.find(({ name }) => name === 'GF_SECURITY_COOKIE_SECURE')?.value).toBe('true');
  expect(env.find(({ name }) => name === 'GF_SERVER_ROOT_URL')?.value).toBe('https://grafana.example.com/');
});
