import { alertNames } from '#alerts';
import { type Component, type Edge, edgesOf, isOutside } from '#components';
import { parseConfig, type StackInput } from '#config';
import { code, page, table } from './markdown.ts';

/** A configuration that enables everything with a connection of its own. */
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

/** The page of allowed connections. @param components - by default those of the stack */
export const networkPage = (components?: readonly Component[]): string => {
  const small = new Set(edgesOf(parseConfig({}, { alerts: alertNames }, components), components).map(key));
  const edges = edgesOf(parseConfig(EVERYTHING, { alerts: alertNames }, components), components);
  return page(
    'Network',
    'NetworkPolicies allow the pods of the namespace the connections below, at both ends, and no others. Names in italics are ' +
      'not pods of this stack; `network` in the [configuration](configuration.md#network) says where they are. ' +
      '`kubectl port-forward` and the probes of the kubelet need no entry, because they reach a pod from its own node.',
    table(
      ['From', 'To', 'Port', 'Why', 'When'],
      edges.map((edge) => [
        endText(edge.from),
        endText(edge.to),
        portsText(edge),
        edge.why,
        small.has(key(edge)) ? 'always' : 'if the configuration needs it',
      ]),
    ),
    ...NOTES,
  );
};

const NOTES = [
  '## Clients of the proxy',
  'A label makes a namespace a client: `kubectl label namespace my-team tidewatch/client=true`. Other clients, such as an ' +
    'ingress controller or an address range, go into `network.clients`. Whoever may edit a namespace can set its label, and ' +
    'with a credential pool that grants the use of the pool, so protect the label with an admission policy where that matters.',
  '## Grafana from outside',
  'By default Grafana is reached through `kubectl -n tidewatch port-forward service/grafana 3000`. `grafana.exposure` exposes ' +
    'it at the host of `grafana.rootUrl`, through an Ingress or a Gateway API HTTPRoute, both with TLS, and allows traffic ' +
    'from the pods that `network.ingress` selects. Whether plain HTTP is redirected or answered depends on the ingress ' +
    'controller; most redirect as soon as there is a certificate. Grafana’s own metrics then require a password, which ' +
    '`npm run secrets` generates.',
  '## Where networks differ',
  'A NetworkPolicy can select the API server only by its address. The default covers private addresses on ports 443 and 6443; ' +
    'add a public address to `network.apiServer.cidrs`. In Cilium an address range does not match nodes, and so not an API ' +
    'server that runs on one: allow the entity `kube-apiserver` in a CiliumNetworkPolicy, or set `policyCIDRMatchMode: nodes`. ' +
    'If DNS is not served by pods in `kube-system` with the label `k8s-app`, set `network.dns` ([OpenShift](openshift.md)). A ' +
    'network plugin without support for NetworkPolicies enforces none; the manifests apply all the same.',
  '## Pods behind a Service',
  'A NetworkPolicy selects pods or addresses and applies to the port of the pod, whatever the port of its Service. So a URL such ' +
    'as `http://gateway.llm` needs its pods in the configuration, and their port if it is not 80: ' +
    "`network: { upstream: { namespace: 'llm', podLabels: { app: 'gateway' }, ports: [8000] } }`. `mail`, `remoteWrite`, " +
    '`objectStorage`, `database` and `probed` take `ports` too; that of the receivers is `receiverPort`. Without `ports` the ' +
    'policies use the port of the URL. Synth warns of names of Services, private addresses and names of private networks that ' +
    'the policies do not cover; if they cut an upstream off all the same, each request ends with a 502 after ten seconds.',
  '## Outbound proxies',
  'With `proxy.httpsProxy` the proxy connects to `network.egressProxy` and not to the upstream, unless `proxy.noProxy` has the ' +
    'host of the upstream; then `network.upstream` says where it is. Without `proxy.httpsProxy`, `network.egressProxy` is a transparent gateway for the connections to ' +
    'the internet.',
];
