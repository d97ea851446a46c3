import { BlockList, isIP } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import * as field from './fields.ts';
import { group } from './fields.ts';
import type { Immutable } from './immutable.ts';

/** Every address. */
const ANYWHERE = ['0.0.0.0/0', '::/0'];

/** Addresses that are not routed over the internet. @see https://www.rfc-editor.org/rfc/rfc6890 */
const PRIVATE_RANGES = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

/** Where node-local caches answer, and on Google's clusters the node's own resolver. @see https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/ */
const NODE_RESOLVERS = ['169.254.20.10/32', '169.254.169.254/32'];

const isCidr = (value: string): boolean => {
  const [address = '', length = '', ...more] = value.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0 || !/^\d{1,3}$/.test(length)) return false;
  try {
    new BlockList().addSubnet(address, Number(length), version === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
};

const cidr = field.text(
  { must: 'a valid CIDR', fix: 'write an address and a prefix length, such as 10.0.0.0/8 or 203.0.113.7/32' },
  isCidr,
);

const port = field.integer(1, 65_535);

const cidrs = (addresses: readonly string[]) =>
  z
    .array(cidr)
    .min(1)
    .default([...addresses]);

/** Pods or addresses at the other end of a connection. */
const PEER = {
  namespace: field.dnsLabel.exactOptional().describe('The namespace of the pods.'),
  podLabels: z
    .record(z.string(), field.words)
    .exactOptional()
    .meta({ description: 'Labels of the pods.', unset: 'all pods of the namespace' }),
  cidrs: z.array(cidr).min(1).exactOptional().describe('Addresses, for anything that is not a pod of this cluster.'),
};

interface Given {
  readonly namespace?: string | undefined;
  readonly podLabels?: object | undefined;
  readonly cidrs?: readonly string[] | undefined;
}

const isPodsOrAddresses = ({ namespace, podLabels, cidrs: addresses }: Given): boolean =>
  (namespace === undefined) !== (addresses === undefined) && (podLabels === undefined || namespace !== undefined);

const PODS_OR_ADDRESSES = {
  params: {
    must: 'either pods (namespace, podLabels) or addresses (cidrs)',
    fix: "write { namespace: 'ingress-nginx' } or { cidrs: ['192.0.2.0/24'] }",
  },
};

const peer = group(PEER).refine(isPodsOrAddresses, PODS_OR_ADDRESSES);

/** A peer that is reached by a URL or an address with a port, which may be that of a Service. */
const destination = group({
  ...PEER,
  ports: z.array(port).min(1).exactOptional().meta({
    description:
      'The ports to allow. Network policies apply to the port of a pod: write it where a Service listens on another one.',
    unset: 'those of the URLs or addresses',
  }),
}).refine(isPodsOrAddresses, PODS_OR_ADDRESSES);

const extra = <const N extends string>(components: readonly N[]) =>
  group({
    component: z.enum(components).describe('A component of this stack.'),
    direction: z
      .enum(['from', 'to'])
      .describe('`from` allows connections from the peer to the component, `to` those from the component to the peer.'),
    ...PEER,
    ports: z.array(port).min(1).describe('The destination ports.'),
    protocol: z.enum(['TCP', 'UDP']).default('TCP').describe('The protocol of the ports.'),
  }).refine(isPodsOrAddresses, PODS_OR_ADDRESSES);

const network = group({
  clients: z
    .array(peer)
    .default([])
    .describe('Clients of the proxy in addition to namespaces with the label `tidewatch/client: "true"`.'),
  dns: group({
    namespace: field.dnsLabel.default('kube-system').describe('The namespace of the DNS pods.'),
    apps: z
      .array(field.words)
      .min(1)
      .default(['kube-dns', 'node-local-dns'])
      .describe('Values of the label `k8s-app` of those pods.'),
    podLabels: z.record(z.string(), field.words).exactOptional().meta({
      description: 'Labels of the DNS pods, where they have no label `k8s-app`.',
      unset: 'selected by `apps`',
    }),
    cidrs: z.array(cidr).default(NODE_RESOLVERS).describe('Resolvers that are not pods: those of the node.'),
    port: port.default(53).describe('The port of the resolvers, UDP and TCP.'),
  })
    .prefault({})
    .describe('The DNS resolvers of the cluster.'),
  apiServer: group({
    cidrs: cidrs(PRIVATE_RANGES).describe('Addresses of the API server; a managed one may have a public address.'),
    ports: z
      .array(port)
      .min(1)
      .default([443, 6443])
      .describe('The port of the API server and that of its Service: network plugins differ in which one they match.'),
  })
    .prefault({})
    .describe('The Kubernetes API server.'),
  internet: group({
    cidrs: cidrs(ANYWHERE).describe('Addresses of the internet; private and reserved ranges within them are excluded.'),
  })
    .prefault({})
    .describe('The internet.'),
  egressProxy: group({ ...PEER, port: port.describe('The port of the egress proxy; of pods, the port of the pod.') })
    .refine(isPodsOrAddresses, PODS_OR_ADDRESSES)
    .exactOptional()
    .meta({ description: 'An egress proxy or gateway for all connections to the internet.', unset: 'none' }),
  upstream: destination
    .exactOptional()
    .meta({ description: 'The host of `proxy.upstreamUrl`.', unset: 'the internet' }),
  receivers: peer
    .exactOptional()
    .meta({ description: 'The receivers of Alertmanager, except email.', unset: 'the internet' }),
  receiverPort: port
    .default(443)
    .describe('The port of the receivers, whose URLs are in a Secret; of pods, the port of the pod.'),
  mail: destination.default({ cidrs: ANYWHERE }).describe('The mail server of email receivers.'),
  remoteWrite: destination.default({ cidrs: ANYWHERE }).describe('The targets of `prometheus.remoteWrite`.'),
  objectStorage: destination.default({ cidrs: ANYWHERE }).describe('The object storage of Loki.'),
  database: destination.default({ cidrs: PRIVATE_RANGES }).describe('The database of Grafana.'),
  probed: destination.default({ cidrs: ANYWHERE }).describe('The hosts of `blackbox.urls`.'),
  ingress: peer
    .default({ namespace: 'ingress-nginx' })
    .describe('The pods of the ingress controller or Gateway in front of Grafana.'),
  metricsAdapter: peer
    .default({ namespace: 'monitoring' })
    .describe('The custom metrics adapter that reads requests in flight for the autoscaler.'),
  nodes: peer.default({ cidrs: PRIVATE_RANGES }).describe('The nodes, for `prometheus.volumeStats`.'),
});

/** What the network policies need to know about everything outside the stack; connections within it need no setting. */
export const networkOf = <const N extends string>(components: readonly N[]) =>
  group({
    ...network.shape,
    extra: z.array(extra(components)).default([]).describe('Additional connections to allow.'),
  });

/** The settings of the network with all defaults filled in. */
export type Network = Immutable<z.output<ReturnType<typeof networkOf<string>>>>;

/** Whether a peer is the one that applies where the configuration names none. */
export const isDefaultPeer = <K extends keyof z.output<typeof network>>(given: Network, peer: K): boolean =>
  isDeepStrictEqual(given[peer], network.parse({})[peer]);
