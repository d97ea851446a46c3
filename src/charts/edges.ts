import { PEER_PORTS, PROXY_PORT, TARGETS } from '#catalog';
import type { StackConfig } from '#config';
import type { TransportPort } from '#constructs';

/** A component of the stack. */
export type Component = keyof typeof TARGETS;

/** What is no pod of the stack; the configuration says where it is. */
export const OUTSIDE = [
  'clients',
  'dns',
  'apiServer',
  'upstream',
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

/** Something that is no pod of the stack. */
export type Outside = (typeof OUTSIDE)[number];

/** Tells the two kinds of ends apart. */
export const isComponent = (end: Component | Outside): end is Component => Object.hasOwn(TARGETS, end);

/** A connection that somebody opens; whatever is not an edge is refused on both of its ends. */
export interface Edge {
  readonly from: Component | Outside;
  readonly to: Component | Outside;
  readonly ports: readonly TransportPort[];
  readonly why: string;
}

/** Ports over TCP. */
const tcp = (...ports: readonly number[]): readonly TransportPort[] => ports.map((port) => ({ port, protocol: 'TCP' }));

/** A port over both. */
const both = (port: number): readonly TransportPort[] => [
  { port, protocol: 'UDP' },
  { port, protocol: 'TCP' },
];

/** The port of a URL. */
const portOf = (url: string): number => {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);
};

const distinct = (ports: readonly number[]): readonly TransportPort[] => tcp(...new Set(ports));

const COMPONENTS = Object.keys(TARGETS) as readonly Component[];

/** The port to something on the internet: that of the egress proxy, where everything goes through one. */
const outward = ({ network }: StackConfig, to: 'upstream' | 'receivers', port: number): readonly TransportPort[] =>
  tcp(network[to] === undefined ? (network.egressProxy?.port ?? port) : port);

/** Everything that is scraped, once for each component; those of one replica need no edge to themselves but have it. */
const scrapes = (): readonly Edge[] =>
  COMPONENTS.map((to) => ({ from: 'prometheus', to, ports: tcp(TARGETS[to].port), why: 'scrapes its metrics' }));

const proxyEdges = (config: StackConfig): readonly Edge[] => [
  { from: 'clients', to: 'proxy', ports: tcp(PROXY_PORT.port), why: 'ask the proxy' },
  { from: 'proxy', to: 'dns', ports: both(config.network.dns.port), why: 'finds the upstream and its own peers' },
  {
    from: 'proxy',
    to: 'upstream',
    ports: outward(config, 'upstream', portOf(config.proxy.upstreamUrl)),
    why: 'forwards requests',
  },
];

const prometheusEdges = ({ prometheus, network }: StackConfig): readonly Edge[] => [
  { from: 'prometheus', to: 'dns', ports: both(network.dns.port), why: 'finds Alertmanager' },
  { from: 'prometheus', to: 'apiServer', ports: tcp(...network.apiServer.ports), why: 'finds pods' },
  ...whenAny(prometheus.remoteWrite, (targets) => ({
    from: 'prometheus',
    to: 'remoteWrite',
    ports: distinct(targets.map(({ url }) => portOf(url))),
    why: 'sends samples on',
  })),
];

type Way = StackConfig['alertmanager']['receivers'][string][number];

const alertmanagerEdges = (config: StackConfig): readonly Edge[] => {
  const { alertmanager, network } = config;
  const ways: readonly Way[] = Object.values(alertmanager.receivers).flat();
  const mails = ways.flatMap((way) => (way.type === 'email' ? [way.smarthost] : []));
  const others = ways.filter(({ type }) => type !== 'email');
  return [
    ...whenAny(ways, () => ({
      from: 'alertmanager',
      to: 'dns',
      ports: both(network.dns.port),
      why: 'finds its receivers',
    })),
    ...whenAny(others, () => ({
      from: 'alertmanager',
      to: 'receivers',
      ports: outward(config, 'receivers', network.receiverPort),
      why: 'tells of alerts',
    })),
    ...whenAny(mails, (hosts) => ({
      from: 'alertmanager',
      to: 'mail',
      ports: distinct(hosts.map((host) => Number(host.split(':').at(-1)))),
      why: 'tells of alerts by mail',
    })),
  ];
};

const grafanaEdges = ({ grafana, network }: StackConfig): readonly Edge[] => [
  { from: 'grafana', to: 'dns', ports: both(network.dns.port), why: 'finds its datasources' },
  { from: 'grafana', to: 'prometheus', ports: tcp(TARGETS.prometheus.port), why: 'asks for numbers' },
  { from: 'grafana', to: 'loki', ports: tcp(TARGETS.loki.port), why: 'asks for lines' },
  ...(grafana.exposure === undefined
    ? []
    : [{ from: 'ingress', to: 'grafana', ports: tcp(TARGETS.grafana.port), why: 'brings people' } as const]),
];

const logEdges = ({ network }: StackConfig): readonly Edge[] => [
  { from: 'alloy', to: 'dns', ports: both(network.dns.port), why: 'finds Loki' },
  { from: 'alloy', to: 'apiServer', ports: tcp(...network.apiServer.ports), why: 'finds pods and reads their logs' },
  { from: 'alloy', to: 'loki', ports: tcp(TARGETS.loki.port), why: 'sends lines' },
];

const probeEdges = ({ blackbox, network }: StackConfig): readonly Edge[] => [
  { from: 'blackbox', to: 'dns', ports: both(network.dns.port), why: 'finds what it asks' },
  { from: 'blackbox', to: 'proxy', ports: tcp(PROXY_PORT.port), why: 'asks for its health as a client would' },
  { from: 'blackbox', to: 'grafana', ports: tcp(TARGETS.grafana.port), why: 'asks for its health' },
  ...whenAny(blackbox.urls, (urls) => ({
    from: 'blackbox',
    to: 'probed',
    ports: distinct(urls.map(portOf)),
    why: 'asks the addresses of the configuration',
  })),
];

const whenAny = <T>(list: readonly T[], edge: (list: readonly T[]) => Edge): readonly Edge[] =>
  list.length === 0 ? [] : [edge(list)];

/** What replicas of a component say to each other; one alone says nothing. */
const peerEdges = ({ alertmanager, loki, alloy, network }: StackConfig): readonly Edge[] => [
  ...(alertmanager.replicas === 1 ? [] : gossip('alertmanager', both(PEER_PORTS.alertmanager.mesh), network)),
  ...(loki.replicas === 1 ? [] : gossip('loki', tcp(PEER_PORTS.loki.memberlist, PEER_PORTS.loki.grpc), network)),
  ...(alloy.replicas === 1 ? [] : gossip('alloy', tcp(TARGETS.alloy.port), network)),
];

const gossip = (
  component: 'alertmanager' | 'loki' | 'alloy',
  ports: readonly TransportPort[],
  { dns }: StackConfig['network'],
): readonly Edge[] => [
  { from: component, to: component, ports, why: 'shares work and knowledge with its replicas' },
  { from: component, to: 'dns', ports: both(dns.port), why: 'finds its replicas' },
];

/** The port of an object storage, whose endpoint is a host with or without one. */
const storagePort = ({ endpoint, insecure }: NonNullable<StackConfig['loki']['objectStorage']>): number =>
  Number(endpoint.split(':')[1] ?? (insecure ? 80 : 443));

const storageEdges = ({ loki: { objectStorage: storage }, network }: StackConfig): readonly Edge[] =>
  storage === undefined
    ? []
    : [
        { from: 'loki', to: 'objectStorage', ports: tcp(storagePort(storage)), why: 'keeps lines' },
        { from: 'loki', to: 'dns', ports: both(network.dns.port), why: 'finds the object storage' },
      ];

const databaseEdges = ({ grafana: { database } }: StackConfig): readonly Edge[] =>
  database === undefined
    ? []
    : [
        {
          from: 'grafana',
          to: 'database',
          ports: tcp(Number(database.host.split(':').at(-1))),
          why: 'keeps users and settings',
        },
      ];

const adapterEdges = ({ proxy: { autoscaling } }: StackConfig): readonly Edge[] =>
  autoscaling?.requestsInFlight === undefined
    ? []
    : [
        {
          from: 'metricsAdapter',
          to: 'prometheus',
          ports: tcp(TARGETS.prometheus.port),
          why: 'reads requests in flight for the autoscaler',
        },
      ];

/** The port of the kubelet, which serves the volumes' figures. @see https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
const KUBELET_PORT = 10_250;

const volumeEdges = ({ prometheus }: StackConfig): readonly Edge[] =>
  prometheus.volumeStats
    ? [{ from: 'prometheus', to: 'nodes', ports: tcp(KUBELET_PORT), why: 'asks how full the volumes are' }]
    : [];

/** One edge for what is opened for several reasons. */
const merged = (edges: readonly Edge[]): readonly Edge[] =>
  [...Map.groupBy(edges, ({ from, to, ports }) => JSON.stringify([from, to, ports])).values()].flatMap((same) => {
    const [edge] = same;
    return edge === undefined ? [] : [{ ...edge, why: same.map(({ why }) => why).join('; ') }];
  });

/** Every connection that a stack needs. */
export const edgesOf = (config: StackConfig): readonly Edge[] =>
  merged(
    [
      scrapes(),
      [
        {
          from: 'prometheus',
          to: 'alertmanager',
          ports: tcp(TARGETS.alertmanager.port),
          why: 'hands over alerts',
        } as const,
      ],
      proxyEdges(config),
      prometheusEdges(config),
      adapterEdges(config),
      volumeEdges(config),
      alertmanagerEdges(config),
      grafanaEdges(config),
      databaseEdges(config),
      logEdges(config),
      storageEdges(config),
      probeEdges(config),
      peerEdges(config),
    ].flat(),
  );
