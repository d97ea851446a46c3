import { App, type Chart } from 'cdk8s';
import { proxy as catalog, PROXY_PATHS, PROXY_PORT, TARGETS } from '#catalog';
import {
  type Autoscaling,
  configMapVolume,
  emptyDirVolume,
  FilesConfigMap,
  headlessServiceOf,
  type Mount,
  type PodProps,
  type Probes,
  ReplicatedServer,
  SingleServer,
  secretVolume,
} from '#constructs';
import { storageOf } from '../house/arguments.ts';
import { type BuildContext, type Context, component } from '../house/component.ts';
import { dnsEdge, type Edge, internetPorts, portsTo, tcp } from '../house/edge.ts';
import { lockedImage, versionOf } from '../house/image.ts';
import { addBundle, type ProxyBundle, RUNNING_BUNDLE, readBundle } from './bundle.ts';
import { isProxied } from './outbound.ts';
import { prometheusAdapterConfig } from './prometheus-adapter.ts';
import { type AnthropicProxy, settings } from './settings.ts';

const { job: JOB } = TARGETS.proxy;

const PATHS = {
  config: '/etc/anthropic-proxy/config',
  salt: '/etc/anthropic-proxy/salt',
  credentials: '/etc/anthropic-proxy/credentials',
  state: '/var/lib/anthropic-proxy',
} as const;

/** The user of the stock Node.js image; the same for every image, so that a change of image keeps the state readable. */
const UID = 1000;

/** How long load balancers may still send requests to a terminating pod. */
const LINGER_SECONDS = 10;

/** The shortest scale-down stabilization window, for where requests are short. */
const MIN_STABILIZATION_SECONDS = 300;

/** How long the proxy takes after the last request to write its records and its state. */
const WRITE_SECONDS = 20;

/** The headless Service of the replicas, which share the polling of usage. */
const PEERS = headlessServiceOf({ name: JOB });

const PROBES: Probes = {
  startup: { path: PROXY_PATHS.health, port: PROXY_PORT.portName, periodSeconds: 2, failureThreshold: 30 },
  readiness: { path: PROXY_PATHS.ready, port: PROXY_PORT.portName, periodSeconds: 5, failureThreshold: 2 },
  // A busy proxy is better than a restarted one, which would cut every stream.
  liveness: { path: PROXY_PATHS.health, port: PROXY_PORT.portName, failureThreshold: 6, timeoutSeconds: 5 },
};

/** Whether there is never more than one replica: only then can a volume hold its state. */
const isSingle = ({ replicas }: AnthropicProxy): boolean => replicas === 1;

/** Whether the replicas share work: only the credentials of a pool are polled for their usage. */
const discoversPeers = (proxy: AnthropicProxy): boolean => !isSingle(proxy) && proxy.credentials.mode === 'pool';

/** Scaling down waits for as long as requests of a terminating pod may still run: load comes back in waves. */
const replicasOf = ({ autoscaling, replicas, drainSeconds }: AnthropicProxy): number | Autoscaling => {
  if (autoscaling === undefined) return replicas ?? 1;
  const { requestsInFlight, ...goals } = autoscaling;
  return {
    ...goals,
    scaleDownStabilizationSeconds: Math.max(MIN_STABILIZATION_SECONDS, drainSeconds),
    ...(requestsInFlight === undefined
      ? {}
      : { podMetric: { name: catalog.requestsInFlight.name, average: requestsInFlight } }),
  };
};

const PRICES_FILE = 'prices.json';

/** The settings that have the same name in the proxy's own configuration, whose default applies where one is not set. */
const SAME_NAME = [
  'poolOauth',
  'poolEndpoints',
  'rotateAtPercent',
  'allowedHosts',
  'allowedOrigins',
  'maxAccounts',
  'maxConnectionsPerPeer',
  'userAgent',
] as const satisfies readonly (keyof AnthropicProxy)[];

/** The proxy's own configuration file; secrets are referred to by their files. */
const configFile = (proxy: AnthropicProxy): object => {
  const { upstreamUrl, credentials, drainSeconds, logLevel, prices } = proxy;
  return {
    upstreamUrl,
    credentialsMode: credentials.mode,
    ...(credentials.mode === 'pool' ? { credentialsDir: PATHS.credentials } : {}),
    saltFile: `${PATHS.salt}/salt`,
    ...(isSingle(proxy) ? { stateFile: `${PATHS.state}/state.json` } : {}),
    ...(discoversPeers(proxy) ? { peersHost: PEERS } : {}),
    lingerSeconds: LINGER_SECONDS,
    drainSeconds,
    logLevel,
    ...Object.fromEntries(SAME_NAME.flatMap((key) => (proxy[key] === undefined ? [] : [[key, proxy[key]]]))),
    ...(prices === undefined ? {} : { pricesFile: `${PATHS.config}/${PRICES_FILE}` }),
  };
};

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

const configFiles = (proxy: AnthropicProxy): Readonly<Record<string, string>> => ({
  'config.json': json(configFile(proxy)),
  ...(proxy.prices === undefined ? {} : { [PRICES_FILE]: json({ models: proxy.prices }) }),
});

/** The variables by which Node.js programs find an outbound proxy. */
const environment = ({ httpsProxy, noProxy = [] }: AnthropicProxy): Readonly<Record<string, string>> => ({
  TIDEWATCH_CONFIG_FILE: `${PATHS.config}/config.json`,
  ...(httpsProxy === undefined ? {} : { HTTPS_PROXY: httpsProxy }),
  ...(noProxy.length === 0 ? {} : { NO_PROXY: noProxy.join(',') }),
});

const mounts = ({ saltSecret, credentials }: AnthropicProxy): readonly Mount[] => [
  configMapVolume('config', PATHS.config, 'anthropic-proxy-config'),
  secretVolume('salt', PATHS.salt, saltSecret),
  ...(credentials.mode === 'pool' ? [secretVolume('credentials', PATHS.credentials, credentials.secret)] : []),
  emptyDirVolume('tmp', '/tmp', '64Mi'),
];

type Runtime = Pick<PodProps, 'image' | 'version' | 'command' | 'initContainer' | 'mounts' | 'configChecksum'>;

/** The image of the configuration, which is of the proxy's own version. */
const imageRuntime = (image: string, configChecksum: string): Runtime => {
  const version = versionOf(image);
  return { image, ...(version === undefined ? {} : { version }), configChecksum };
};

/** The bundle in a stock Node.js image; a new bundle needs new pods, as a new configuration does. */
const bundleRuntime = (node: string, { version, sha256 }: ProxyBundle, configChecksum: string): Runtime => ({
  ...RUNNING_BUNDLE,
  image: node,
  version,
  configChecksum: `${configChecksum}.${sha256.slice(0, 16)}`,
});

const forwarding = ({ settings, network }: Context<AnthropicProxy>): Edge => {
  const edge = { from: JOB, why: 'forwards requests' };
  if (network.egressProxy !== undefined && isProxied(settings))
    return { ...edge, to: 'egressProxy', ports: tcp(network.egressProxy.port) };
  const ports = portsTo(network, 'upstream', [settings.upstreamUrl]);
  return { ...edge, to: 'upstream', ports: internetPorts(network, 'upstream', ports) };
};

const edges = (context: Context<AnthropicProxy>): readonly Edge[] => [
  { from: 'clients', to: JOB, ports: tcp(PROXY_PORT.port), why: 'send requests' },
  dnsEdge(JOB, context.network, 'finds the upstream and its own peers'),
  forwarding(context),
  ...(context.settings.autoscaling?.requestsInFlight === undefined
    ? []
    : [
        {
          from: 'metricsAdapter',
          to: TARGETS.prometheus.job,
          ports: tcp(TARGETS.prometheus.port),
          why: 'reads requests in flight for the autoscaler',
        },
      ]),
];

const pod = ({ settings, owner, server }: BuildContext<AnthropicProxy>, runtime: Runtime) => ({
  ...owner,
  imagePullSecrets: server.imagePullSecrets,
  podIdentity: server.podIdentity,
  ports: server.ports,
  resources: server.resources,
  ...runtime,
  uid: UID,
  env: environment(settings),
  ...(discoversPeers(settings) ? { addressVariable: 'TIDEWATCH_POD_ADDRESS' } : {}),
  probes: PROBES,
  mounts: [...mounts(settings), ...(runtime.mounts ?? [])],
  graceSeconds: LINGER_SECONDS + settings.drainSeconds + WRITE_SECONDS,
});

const runtimeOf = (chart: Chart, context: BuildContext<AnthropicProxy>, configChecksum: string): Runtime => {
  const { namespace, settings, owner, server } = context;
  if (settings.image !== undefined) return imageRuntime(settings.image, configChecksum);
  const bundle = readBundle();
  addBundle(App.of(chart), namespace, owner, bundle);
  return bundleRuntime(server.image, bundle, configChecksum);
};

/**
 * The proxy: one replica with its state on a volume, or several without. A terminating pod finishes its requests: the
 * proxy lingers until no new ones arrive, drains, and writes its state. Of a single replica the next pod starts first:
 * both write to the state on the volume.
 */
export const anthropicProxy = component({
  key: 'proxy',
  settings,
  target: TARGETS.proxy,
  role: 'proxy',
  manifest: '10-proxy',
  image: lockedImage('node'),
  ports: [{ name: PROXY_PORT.portName, port: PROXY_PORT.port }],
  edges,
  destinations: ({ settings }) =>
    isProxied(settings)
      ? []
      : [
          {
            setting: 'upstreamUrl',
            address: settings.upstreamUrl,
            to: 'upstream',
            bypassesEgressProxy: settings.httpsProxy !== undefined,
          },
        ],
  secrets: ({ settings: { saltSecret, credentials } }) => [
    { name: saltSecret, values: { salt: null } },
    ...(credentials.mode === 'pool'
      ? [
          {
            name: credentials.secret,
            keys: ['team-a', 'team-b'],
            examples: true as const,
            why: "the proxy's pool: one key per credential, whose name is the value of the label `credential`",
          },
        ]
      : []),
  ],
  files: ({ settings }) => prometheusAdapterConfig(settings),
  build: (chart, context) => {
    const { settings, owner } = context;
    const files = configFiles(settings);
    const { checksum } = new FilesConfigMap(chart, 'Config', { ...owner, configMap: 'anthropic-proxy-config', files });
    const server = pod(context, runtimeOf(chart, context, checksum));
    if (isSingle(settings)) {
      const storage = storageOf(settings.storage, context);
      new SingleServer(chart, 'Server', { ...server, storage, storagePath: PATHS.state, overlaps: true });
    } else {
      const replicas = replicasOf(settings);
      new ReplicatedServer(chart, 'Server', { ...server, replicas, discoversPeers: discoversPeers(settings) });
    }
  },
});
