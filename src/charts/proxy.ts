import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { proxy as catalog, PROXY_PATHS, PROXY_PORT, TARGETS } from '#catalog';
import type { StackConfig } from '#config';
import {
  type Autoscaling,
  Config,
  configMapFolder,
  type Mount,
  type PodProps,
  type Probes,
  podNamesOf,
  ReplicatedServer,
  SingleServer,
  scratchFolder,
  secretFolder,
} from '#constructs';
import { portsOf, storageOf } from './identity.ts';
import { versionOf } from './images.ts';
import { readBundle, runningBundle } from './proxy-bundle.ts';

const PATHS = {
  config: '/etc/anthropic-proxy/config',
  salt: '/etc/anthropic-proxy/salt',
  credentials: '/etc/anthropic-proxy/credentials',
  state: '/var/lib/anthropic-proxy',
} as const;

const IDENTITY = { name: TARGETS.proxy.job, component: 'proxy' } as const;

/** The user of the stock Node.js image; the same for every image, so that a change of image keeps the state readable. */
const UID = 1000;

/** How long load balancers may still send requests to a pod that is about to end. */
const LINGER_SECONDS = 10;

/** For how long an autoscaler takes no replica away after load fell, also where requests are short. */
const MIN_CALM_SECONDS = 300;

/** What the proxy needs after the last request to write its records and its state. */
const WRITE_SECONDS = 20;

/** The Service whose addresses are all replicas, which share the work of asking for usage. */
const PEERS = podNamesOf(IDENTITY);

const PROBES: Probes = {
  startup: { path: PROXY_PATHS.health, port: PROXY_PORT.portName, periodSeconds: 2, failureThreshold: 30 },
  readiness: { path: PROXY_PATHS.ready, port: PROXY_PORT.portName, periodSeconds: 5, failureThreshold: 2 },
  // A busy proxy is better than a restarted one: every stream it carries would be cut.
  liveness: { path: PROXY_PATHS.health, port: PROXY_PORT.portName, failureThreshold: 6, timeoutSeconds: 5 },
};

/** Whether there is one replica, now and always: only then may a volume hold its state. */
const isAlone = ({ proxy }: StackConfig): boolean => proxy.replicas === 1;

/** Whether the replicas have work to share: only the credentials of a pool are asked for their usage. */
const meets = (config: StackConfig): boolean => !isAlone(config) && config.proxy.credentials.mode === 'pool';

/** The autoscaler stays calm for as long as requests of a pod that ends may still run: load comes back in waves. */
const replicasOf = ({ proxy }: StackConfig): number | Autoscaling => {
  if (proxy.autoscaling === undefined) return proxy.replicas ?? 1;
  const { requestsInFlight, ...goals } = proxy.autoscaling;
  return {
    ...goals,
    calmSeconds: Math.max(MIN_CALM_SECONDS, proxy.drainSeconds),
    ...(requestsInFlight === undefined
      ? {}
      : { podMetric: { name: catalog.requestsInFlight.name, average: requestsInFlight } }),
  };
};

/** What the proxy reads at its start, in its own words; secrets are named by their files. */
const settings = (config: StackConfig): object => {
  const { upstreamUrl, credentials, drainSeconds, logLevel } = config.proxy;
  return {
    upstreamUrl,
    credentialsMode: credentials.mode,
    ...(credentials.mode === 'pool' ? { credentialsDir: PATHS.credentials } : {}),
    saltFile: `${PATHS.salt}/salt`,
    ...(isAlone(config) ? { stateFile: `${PATHS.state}/state.json` } : {}),
    ...(meets(config) ? { peersHost: PEERS } : {}),
    lingerSeconds: LINGER_SECONDS,
    drainSeconds,
    logLevel,
  };
};

const mounts = ({ proxy }: StackConfig): readonly Mount[] => [
  configMapFolder('config', PATHS.config, 'anthropic-proxy-config'),
  secretFolder('salt', PATHS.salt, proxy.saltSecret),
  ...(proxy.credentials.mode === 'pool'
    ? [secretFolder('credentials', PATHS.credentials, proxy.credentials.secret)]
    : []),
  scratchFolder('tmp', '/tmp', '64Mi'),
];

/** What runs: the image of the configuration, or the bundle. The version is that of the proxy. */
const runtimeOf = (config: StackConfig): Pick<PodProps, 'image' | 'version' | 'command' | 'preparation' | 'mounts'> => {
  const { image } = config.proxy;
  if (image === undefined) return { ...runningBundle(config), version: readBundle().version };
  const version = versionOf(image);
  return { image, ...(version === undefined ? {} : { version }) };
};

/** What needs new pods when it changes: the configuration and, where it is the bundle that runs, its program. */
const checksumOf = ({ proxy }: StackConfig, configChecksum: string): string =>
  proxy.image === undefined ? `${configChecksum}.${readBundle().sha256.slice(0, 16)}` : configChecksum;

const pod = (config: StackConfig, configChecksum: string): PodProps => {
  const runtime = runtimeOf(config);
  return {
    ...IDENTITY,
    ...runtime,
    uid: UID,
    ports: [{ name: PROXY_PORT.portName, port: PROXY_PORT.port }, ...portsOf(TARGETS.proxy)],
    env: { TIDEWATCH_CONFIG_FILE: `${PATHS.config}/config.json` },
    ...(meets(config) ? { addressVariable: 'TIDEWATCH_POD_ADDRESS' } : {}),
    resources: config.proxy.resources,
    probes: PROBES,
    mounts: [...mounts(config), ...(runtime.mounts ?? [])],
    configChecksum: checksumOf(config, configChecksum),
    graceSeconds: LINGER_SECONDS + config.proxy.drainSeconds + WRITE_SECONDS,
  };
};

/**
 * The proxy: one replica with its state on a volume, or several without. A pod that ends lets its requests finish:
 * the proxy lingers until no new ones arrive, drains, and writes what it knows.
 */
export const proxyChart = (scope: Construct, config: StackConfig): void => {
  const { namespace, imagePullSecrets, proxy } = config;
  const chart = new Chart(scope, '10-proxy', { namespace, disableResourceNameHashes: true });
  const files = { 'config.json': `${JSON.stringify(settings(config), null, 2)}\n` };
  const { checksum } = new Config(chart, 'Config', { ...IDENTITY, configMap: 'anthropic-proxy-config', files });
  const server = { ...pod(config, checksum), imagePullSecrets };
  if (isAlone(config)) {
    new SingleServer(chart, 'Server', {
      ...server,
      storage: storageOf(proxy.storage, config),
      storagePath: PATHS.state,
    });
  } else {
    new ReplicatedServer(chart, 'Server', { ...server, replicas: replicasOf(config), meets: meets(config) });
  }
};
