import { expect, test } from 'vitest';
import { problemsOf } from '../support/config-problems.ts';

const ONE_WAY =
  "must be either pods (namespace, podLabels) or addresses (cidrs), got a group of settings; write { namespace: 'ingress-nginx' } or { cidrs: ['192.0.2.0/24'] }";
const RANGE = 'write an address and a length, such as 10.0.0.0/8 or 203.0.113.7/32';
const PUBLIC = 'must be https:// and a host of the DNS, without port and path, because exposure opens it there';

test.each<[string, object, string]>([
  [
    'an address without a length',
    { network: { apiServer: { cidrs: ['10.0.0.1'] } } },
    `network.apiServer.cidrs[0]: must be a range of addresses, got '10.0.0.1'; ${RANGE}`,
  ],
  [
    'a length that is too long',
    { network: { mail: { cidrs: ['10.0.0.0/33'] } } },
    `network.mail.cidrs[0]: must be a range of addresses, got '10.0.0.0/33'; ${RANGE}`,
  ],
  [
    'a host for an address',
    { network: { internet: { cidrs: ['api.example.com/32'] } } },
    `network.internet.cidrs[0]: must be a range of addresses, got 'api.example.com/32'; ${RANGE}`,
  ],
  ['a place that is nowhere', { network: { ingress: {} } }, `network.ingress: ${ONE_WAY}`],
  [
    'a place that is both',
    { network: { ingress: { namespace: 'a', cidrs: ['10.0.0.0/8'] } } },
    `network.ingress: ${ONE_WAY}`,
  ],
  [
    'labels of pods that are nowhere',
    { network: { clients: [{ podLabels: { a: 'b' }, cidrs: ['10.0.0.0/8'] }] } },
    `network.clients[0]: ${ONE_WAY}`,
  ],
  [
    'a port that is none',
    { network: { receiverPort: 0 } },
    'network.receiverPort: must be a whole number from 1 to 65535, got 0; choose one from 1 to 65535',
  ],
  [
    'a component that is none',
    { network: { extra: [{ component: 'loky', direction: 'to', namespace: 'a', ports: [1] }] } },
    "network.extra[0].component: must be one of anthropic-proxy, prometheus, alertmanager, grafana, loki, alloy, blackbox-exporter, got 'loky'; did you mean 'loki'?",
  ],
  [
    'an open Grafana without a host',
    { grafana: { exposure: { kind: 'ingress', tlsSecret: 'a' } } },
    `grafana.rootUrl: ${PUBLIC}, got 'http://localhost:3000'; write one such as https://grafana.example.com`,
  ],
  [
    'an open Grafana without TLS',
    { grafana: { rootUrl: 'http://grafana.example.com', exposure: { kind: 'ingress', tlsSecret: 'a' } } },
    `grafana.rootUrl: ${PUBLIC}, got 'http://grafana.example.com'; write one such as https://grafana.example.com`,
  ],
  [
    'an Ingress without a certificate',
    { grafana: { rootUrl: 'https://grafana.example.com', exposure: { kind: 'ingress' } } },
    'grafana.exposure.tlsSecret: must be a DNS-1123 name, got nothing; use at most 253 lower-case letters, digits, inner hyphens and dots, such as grafana-admin',
  ],
])('%s is refused with the repair', (_, input, problem) => {
  expect(problemsOf(input)).toEqual([problem]);
});

test('addresses of both families are taken', () => {
  expect(problemsOf({ network: { internet: { cidrs: ['203.0.113.0/24', '2001:db8::/32'] } } })).toEqual([]);
});
