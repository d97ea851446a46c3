import { BlockList, isIP } from 'node:net';
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
  { must: 'a range of addresses', repair: 'write an address and a length, such as 10.0.0.0/8 or 203.0.113.7/32' },
  isCidr,
);

const port = field.integer(1, 65_535);

const cidrs = (addresses: readonly string[]) =>
  z
    .array(cidr)
    .min(1)
    .default([...addresses]);

const PLACE = {
  /** The namespace whose pods it is. */
  namespace: field.dnsLabel.exactOptional(),
  /** Labels of those pods. @default - every pod of the namespace */
  podLabels: z.record(z.string(), field.words).exactOptional(),
  /** Addresses, where it is no pod of this cluster. */
  cidrs: z.array(cidr).min(1).exactOptional(),
};

interface Given {
  readonly namespace?: string | undefined;
  readonly podLabels?: object | undefined;
  readonly cidrs?: readonly string[] | undefined;
}

const isOneWay = ({ namespace, podLabels, cidrs: addresses }: Given): boolean =>
  (namespace === undefined) !== (addresses === undefined) && (podLabels === undefined || namespace !== undefined);

const ONE_WAY = {
  params: {
    must: 'either pods (namespace, podLabels) or addresses (cidrs)',
    repair: "write { namespace: 'ingress-nginx' } or { cidrs: ['192.0.2.0/24'] }",
  },
};

const place = group(PLACE).refine(isOneWay, ONE_WAY);

const extra = <const N extends string>(components: readonly N[]) =>
  group({
    /** The component of this stack, such as `grafana`. */
    component: z.enum(components),
    /** `from`: the place may reach the component; `to`: the component may reach the place. */
    direction: z.enum(['from', 'to']),
    ...PLACE,
    /** The ports that the connections go to. */
    ports: z.array(port).min(1),
    /** The protocol of those ports. @default - TCP */
    protocol: z.enum(['TCP', 'UDP']).default('TCP'),
  }).refine(isOneWay, ONE_WAY);

/**
 * What the network policies must know of what is no pod of this stack. Connections between its own parts need no
 * setting.
 */
const network = group({
  /** Who may talk to the proxy beside namespaces with the label `tidewatch/client: "true"`. @default - nobody */
  clients: z.array(place).default([]),
  dns: group({
    /** The namespace of the pods that resolve names. */
    namespace: field.dnsLabel.default('kube-system'),
    /** Values of the label `k8s-app` of those pods. */
    apps: z.array(field.words).min(1).default(['kube-dns', 'node-local-dns']),
    /** Resolvers that are no pods: those of the node. */
    cidrs: z.array(cidr).default(NODE_RESOLVERS),
    /** The port at which they answer, UDP and TCP. */
    port: port.default(53),
  }).prefault({}),
  apiServer: group({
    /** Addresses of the API server; a managed one may have a public address. */
    cidrs: cidrs(PRIVATE_RANGES),
    /** Its port, and that of its Service: some networks judge a connection before it is redirected. */
    ports: z.array(port).min(1).default([443, 6443]),
  }).prefault({}),
  internet: group({
    /** Addresses that count as the internet; private and reserved ones within wider ranges are left out. */
    cidrs: cidrs(ANYWHERE),
  }).prefault({}),
  /** A gateway through which everything goes that would go to the internet. @default - there is none */
  egressProxy: group({
    ...PLACE,
    /** The port of the gateway. */
    port,
  })
    .refine(isOneWay, ONE_WAY)
    .exactOptional(),
  /** Where `proxy.upstreamUrl` is. @default - the internet */
  upstream: place.exactOptional(),
  /** Where Alertmanager's receivers are, beside mail. @default - the internet */
  receivers: place.exactOptional(),
  /** The port of the receivers' addresses, which only their Secret knows. */
  receiverPort: port.default(443),
  /** Where the mail server of a receiver is. */
  mail: place.default({ cidrs: ANYWHERE }),
  /** Where `prometheus.remoteWrite` goes. */
  remoteWrite: place.default({ cidrs: ANYWHERE }),
  /** Where Loki's object storage is. */
  objectStorage: place.default({ cidrs: ANYWHERE }),
  /** Where Grafana's database is. */
  database: place.default({ cidrs: PRIVATE_RANGES }),
  /** Where the addresses of `blackbox.urls` are. */
  probed: place.default({ cidrs: ANYWHERE }),
  /** The ingress controller or the Gateway's pods that bring people to Grafana. */
  ingress: place.default({ namespace: 'ingress-nginx' }),
  /** The adapter that reads requests in flight for the autoscaler. */
  metricsAdapter: place.default({ namespace: 'monitoring' }),
  /** The nodes, for `prometheus.volumeStats`. */
  nodes: place.default({ cidrs: PRIVATE_RANGES }),
});

/** The settings of the network of a stack with these components. */
export const networkOf = <const N extends string>(components: readonly N[]) =>
  group({
    ...network.shape,
    /** Connections that only you know of. @default - none */
    extra: z.array(extra(components)).default([]),
  });

/** The settings of the network with all defaults filled in. */
export type Network = Immutable<z.output<ReturnType<typeof networkOf<string>>>>;
