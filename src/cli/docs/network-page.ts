import { alertNames } from '#alerts';
import { type Component, type Edge, edgesOf, isOutside } from '#components';
import { parseConfig, type StackInput } from '#config';
import { code, page, table } from './markdown.ts';

/** Everything on that opens a connection of its own. */
const EVERYTHING: StackInput = {
  profile: 'ha',
  proxy: { autoscaling: { requestsInFlight: 20 } },
  prometheus: { remoteWrite: [{ url: 'https://mimir.example.com/api/v1/push' }], volumeStats: true },
  alertmanager: {
    receivers: {
      page: [{ type: 'slack', urlKey: 'slack-url' }],
      ticket: [{ type: 'email', to: 'a@example.com', from: 'b@example.com', smarthost: 'smtp.example.com:587' }],
    },
  },
  grafana: {
    rootUrl: 'https://grafana.example.com',
    exposure: { kind: 'ingress', tlsSecret: 'grafana-tls' },
    database: { host: 'postgres.example.com:5432' },
  },
  loki: { objectStorage: { endpoint: 's3.example.com', bucket: 'logs' } },
  blackbox: { urls: ['https://proxy.example.com'] },
};

const endText = (end: Edge['from']): string => (isOutside(end) ? `*${end}*` : code(end));

const portsText = ({ ports }: Edge): string =>
  [...Map.groupBy(ports, ({ port }) => port)]
    .map(([port, group]) => `${port} ${group.map(({ protocol }) => protocol).join(', ')}`)
    .join('; ');

const key = ({ from, to, ports }: Edge): string => JSON.stringify([from, to, ports]);

/** The page of allowed connections. @param components - those of the stack by default */
export const networkPage = (components?: readonly Component[]): string => {
  const small = new Set(edgesOf(parseConfig({}, { alerts: alertNames }, components), components).map(key));
  const edges = edgesOf(parseConfig(EVERYTHING, { alerts: alertNames }, components), components);
  return page(
    'Network',
    'No pod of the namespace may send or receive anything but what follows; both ends of each connection are opened, and ' +
      'nothing else. The names in italics are no pods of this stack: `network` of the ' +
      '[configuration](configuration.md#network) says where they are. `kubectl port-forward` works without an edge, because ' +
      'it enters the pod on its own node, as do the probes of the kubelet.',
    table(
      ['From', 'To', 'Port', 'Why', 'When'],
      edges.map((edge) => [
        endText(edge.from),
        endText(edge.to),
        portsText(edge),
        edge.why,
        small.has(key(edge)) ? 'always' : 'where the configuration needs it',
      ]),
    ),
    ...NOTES,
  );
};

const NOTES = [
  '## Clients of the proxy',
  'A namespace becomes a client by a label: `kubectl label namespace my-team tidewatch/client=true`. Others, such as an ' +
    'ingress controller or a range of addresses, go into `network.clients`. Whoever may edit a namespace may set its label: ' +
    'with a pool of credentials that is the right to use the pool, so guard the label by an admission policy where that ' +
    'matters.',
  '## Grafana from outside',
  'Without a setting Grafana is reached by `kubectl -n tidewatch port-forward service/grafana 3000`. `grafana.exposure` opens ' +
    'it at the host of `grafana.rootUrl`, by an Ingress or by an HTTPRoute of the Gateway API, both with TLS, and lets in ' +
    'the pods that `network.ingress` names. Whether plain HTTP is redirected or answered is up to the Ingress controller: most ' +
    'redirect as soon as there is a certificate. Grafana’s own metrics then want a password, which `npm run secrets` makes.',
  '## Where networks differ',
  'A policy can name the API server by its address alone. The default covers private addresses on the ports 443 and 6443; an ' +
    'API server with a public address goes into `network.apiServer.cidrs`. Cilium does not let an address range stand for ' +
    'nodes, and so not for an API server that runs on one: allow the entity `kube-apiserver` in a CiliumNetworkPolicy, or set ' +
    '`policyCIDRMatchMode: nodes`. A resolver that is no pod of `kube-system` (OpenShift: namespace `openshift-dns`, port ' +
    '5353) goes into `network.dns`. A network plugin that knows no policies enforces none: the manifests apply all the same.',
];
