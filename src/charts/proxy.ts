import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { PROXY_PATHS, PROXY_PORT, TARGETS } from '#catalog';
import type { StackConfig } from '#config';
import {
  Config,
  configMapFolder,
  type Mount,
  type PodProps,
  type Probes,
  ReplicatedServer,
  SingleServer,
  scratchFolder,
  secretFolder,
} from '#constructs';
import { identityOf, portsOf, storageOf } from './identity.ts';

const PATHS = {
  config: '/etc/anthropic-proxy/config',
  salt: '/etc/anthropic-proxy/salt',
  credentials: '/etc/anthropic-proxy/credentials',
  state: '/var/lib/anthropic-proxy',
} as const;

/** A user that no file of a usual image belongs to. */
const UID = 65_532;

/** How long load balancers may still send requests to a pod that is about to end. */
const LINGER_SECONDS = 10;

/** What the proxy needs after the last request to write its records and its state. */
const WRITE_SECONDS = 20;

const PROBES: Probes = {
  startup: { path: PROXY_PATHS.health, port: PROXY_PORT.portName, periodSeconds: 2, failureThreshold: 30 },
  readiness: { path: PROXY_PATHS.ready, port: PROXY_PORT.portName, periodSeconds: 5, failureThreshold: 2 },
  // A busy proxy is better than a restarted one: every stream it carries would be cut.
  liveness: { path: PROXY_PATHS.health, port: PROXY_PORT.portName, failureThreshold: 6, timeoutSeconds: 5 },
};

/** What the proxy reads at its start; secrets are named by their files. */
const settings = ({ proxy }: StackConfig): object => ({
  upstream: { url: proxy.upstreamUrl },
  credentials:
    proxy.credentials.mode === 'pool' ? { mode: 'pool', folder: PATHS.credentials } : { mode: 'pass-through' },
  saltFile: `${PATHS.salt}/salt`,
  stateFile: proxy.replicas === 1 ? `${PATHS.state}/state.json` : null,
  drainSeconds: proxy.drainSeconds,
  logLevel: proxy.logLevel,
});

const mounts = ({ proxy }: StackConfig): readonly Mount[] => [
  configMapFolder('config', PATHS.config, 'anthropic-proxy-config'),
  secretFolder('salt', PATHS.salt, proxy.saltSecret),
  ...(proxy.credentials.mode === 'pool'
    ? [secretFolder('credentials', PATHS.credentials, proxy.credentials.secret)]
    : []),
  scratchFolder('tmp', '/tmp', '64Mi'),
];

const pod = (config: StackConfig, configChecksum: string): PodProps => ({
  ...identityOf(TARGETS.proxy, 'proxy', config.proxy.image),
  image: config.proxy.image,
  uid: UID,
  ports: [{ name: PROXY_PORT.portName, port: PROXY_PORT.port }, ...portsOf(TARGETS.proxy)],
  env: { ANTHROPIC_PROXY_CONFIG: `${PATHS.config}/config.json` },
  resources: config.proxy.resources,
  probes: PROBES,
  mounts: mounts(config),
  configChecksum,
  graceSeconds: config.proxy.drainSeconds + WRITE_SECONDS,
  lingerSeconds: LINGER_SECONDS,
});

/**
 * The proxy: one replica with its state on a volume, or several without. A pod that ends lets its requests finish:
 * it lingers until no new ones arrive, drains, and writes what it knows.
 */
export const proxyChart = (scope: Construct, config: StackConfig): void => {
  const { namespace, imagePullSecrets, proxy } = config;
  const chart = new Chart(scope, '10-proxy', { namespace, disableResourceNameHashes: true });
  const { name, component } = identityOf(TARGETS.proxy, 'proxy', proxy.image);
  const files = { 'config.json': `${JSON.stringify(settings(config), null, 2)}\n` };
  const { checksum } = new Config(chart, 'Config', { name, component, configMap: 'anthropic-proxy-config', files });
  const server = { ...pod(config, checksum), imagePullSecrets };
  if (proxy.replicas > 1) {
    new ReplicatedServer(chart, 'Server', { ...server, spread: true, replicas: proxy.replicas });
  } else {
    new SingleServer(chart, 'Server', {
      ...server,
      storage: storageOf(proxy.storage, config),
      storagePath: PATHS.state,
    });
  }
};
