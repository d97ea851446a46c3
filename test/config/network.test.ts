import { expect, test } from 'vitest';
import { problemsOf } from '../support/config-problems.ts';

const PEER =
  "must be either pods (namespace, podLabels) or addresses (cidrs); received an object; write { namespace: 'ingress-nginx' } or { cidrs: ['192.0.2.0/24'] }";
const RANGE = 'write an address and a prefix length, such as 10.0.0.0/8 or 203.0.113.7/32';
const PUBLIC = 'must be https:// and a DNS host name without port and path, because exposure serves it there';

test.each<[string, object, string]>([
  [
    'an address without a prefix length',
    { network: { apiServer: { cidrs: ['10.0.0.1'] } } },
    `network.apiServer.cidrs[0]: must be a valid CIDR; received '10.0.0.1'; ${RANGE}`,
  ],
  [
    'a prefix length that is too long',
    { network: { mail: { cidrs: ['10.0.0.0/33'] } } },
    `network.mail.cidrs[0]: must be a valid CIDR; received '10.0.0.0/33'; ${RANGE}`,
  ],
  [
    'a host name instead of an address',
    { network: { internet: { cidrs: ['api.example.com/32'] } } },
    `network.internet.cidrs[0]: must be a valid CIDR; received 'api.example.com/32'; ${RANGE}`,
  ],
  ['a peer without pods and addresses', { network: { ingress: {} } }, `network.ingress: ${PEER}`],
  [
    'a peer with both pods and addresses',
    { network: { ingress: { namespace: 'a', cidrs: ['10.0.0.0/8'] } } },
    `network.ingress: ${PEER}`,
  ],
  [
    'pod labels without a namespace',
    { network: { clients: [{ podLabels: { a: 'b' }, cidrs: ['10.0.0.0/8'] }] } },
    `network.clients[0]: ${PEER}`,
  ],
  [
    'an invalid port',
    { network: { receiverPort: 0 } },
    'network.receiverPort: must be an integer from 1 to 65535; received 0; choose one from 1 to 65535',
  ],
  [
    'an unknown component',
    { network: { extra: [{ component: 'loky', direction: 'to', namespace: 'a', ports: [1] }] } },
    "network.extra[0].component: must be one of anthropic-proxy, prometheus, alertmanager, grafana, loki, alloy, blackbox-exporter; received 'loky'; did you mean 'loki'?",
  ],
  [
    'an exposed Grafana without a host name',
    { grafana: { exposure: { kind: 'ingress', tlsSecret: 'a' } } },
    `grafana.rootUrl: ${PUBLIC}; received 'http://localhost:3000'; write one such as https://grafana.example.com`,
  ],
  [
    'an exposed Grafana without TLS',
    { grafana: { rootUrl: 'http://grafana.example.com', exposure: { kind: 'ingress', tlsSecret: 'a' } } },
    `grafana.rootUrl: ${PUBLIC}; received 'http://grafana.example.com'; write one such as https://grafana.example.com`,
  ],
  [
    'an Ingress without a certificate',
    { grafana: { rootUrl: 'https://grafana.example.com', exposure: { kind: 'ingress' } } },
    'grafana.exposure.tlsSecret: must be a DNS-1123 subdomain name; received nothing; use at most 253 lowercase letters, digits, inner hyphens and dots, such as grafana-admin',
  ],
])('%s is refused with the fix', (_, input, problem) => {
  expect(problemsOf(input)).toEqual([problem]);
});

test('addresses of both families are accepted', () => {
  expect(problemsOf({ network: { internet: { cidrs: ['203.0.113.0/24', '2001:db8::/32'] } } })).toEqual([]);
});
