import type { TransportPort } from '#constructs';
import type { Network } from '#settings';

/** What is not a pod of the stack; the configuration says where it is. */
export const OUTSIDE = [
  'clients',
  'dns',
  'apiServer',
  'upstream',
  'egressProxy',
  'receivers',
  'mail',
  'remoteWrite',
  'objectStorage',
  'database',
  'probed',
  'ingress',
  'metricsAdapter',
  'nodes',
] as const;

/** Something that is not a pod of the stack. */
export type Outside = (typeof OUTSIDE)[number];

const SYSTEM = 'system ';

/** The end of an edge at a system that the stack does not deploy. */
export const systemEnd = (name: string): string => `${SYSTEM}${name}`;

/** The name of the system at an end, or undefined where the end is something else. */
export const systemAt = (end: string): string | undefined =>
  end.startsWith(SYSTEM) ? end.slice(SYSTEM.length) : undefined;

/** Whether an end of an edge is outside the stack. */
export const isOutside = (end: string): end is Outside => (OUTSIDE as readonly string[]).includes(end);

/** An allowed connection; whatever is not an edge is denied at both of its ends. */
export interface Edge {
  /** The name of a component, or something outside the stack. */
  readonly from: string;
  readonly to: string;
  readonly ports: readonly TransportPort[];
  readonly why: string;
}

/** TCP ports, each once. */
export const tcp = (...ports: readonly number[]): readonly TransportPort[] =>
  [...new Set(ports)].map((port) => ({ port, protocol: 'TCP' }));

/** A port over UDP and TCP. */
export const udpAndTcp = (port: number): readonly TransportPort[] => [
  { port, protocol: 'UDP' },
  { port, protocol: 'TCP' },
];

/** The port of a URL. */
const portOf = (url: string): number => {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);
};

/** The port of `host:port`; an IPv6 address is in brackets. */
const portAt = (address: string): number | undefined => {
  const [, port] = /:(\d+)$/.exec(address) ?? [];
  return port === undefined ? undefined : Number(port);
};

/** What is reached by URLs or addresses with a port. */
export type Destination = 'upstream' | 'mail' | 'remoteWrite' | 'objectStorage' | 'database' | 'probed';

/**
 * The ports of a destination: those that the configuration gives its pods, or else those of its URLs and of its
 * addresses. An address without a port has that of `defaultPort`.
 */
export const portsTo = (
  network: Network,
  to: Destination,
  places: readonly string[],
  defaultPort = 443,
): readonly TransportPort[] => {
  const ofPlace = (place: string): number => (place.includes('://') ? portOf(place) : (portAt(place) ?? defaultPort));
  return tcp(...(network[to]?.ports ?? places.map(ofPlace)));
};

/** The lookup of names by a component. */
export const dnsEdge = (from: string, { dns }: Network, why: string): Edge => ({
  from,
  to: 'dns',
  ports: udpAndTcp(dns.port),
  why,
});

/** The ports to something that is on the internet unless the configuration says where: there, those of the egress proxy. */
export const internetPorts = (
  network: Network,
  to: 'upstream' | 'receivers',
  ports: readonly TransportPort[],
): readonly TransportPort[] =>
  network[to] === undefined && network.egressProxy !== undefined ? tcp(network.egressProxy.port) : ports;

/** Connections between the replicas of a component; a single one has none. */
export const replicaEdges = (
  name: string,
  replicas: number,
  ports: readonly TransportPort[],
  network: Network,
): readonly Edge[] =>
  replicas === 1
    ? []
    : [
        { from: name, to: name, ports, why: 'shares work and state with its replicas' },
        dnsEdge(name, network, 'finds its replicas'),
      ];
