import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { PEER_PORTS, TARGETS } from '#catalog';
import type { StackConfig } from '#config';
import {
  Config,
  configMapFolder,
  type Mount,
  type Port,
  type Probes,
  StatefulServer,
  scratchFolder,
  secretFolder,
} from '#constructs';
import type { ConfigFiles } from './content.ts';
import { identityOf, portsOf, storageOf } from './identity.ts';
import { imageOf } from './images.ts';
import { LOKI_ADDRESS, LOKI_CREDENTIALS_KEY, LOKI_PATHS, lokiConfig } from './loki-config.ts';
import { goMemoryLimit } from './memory.ts';

/** The user `loki` of the image. */
const UID = 10_001;

/** The address of the pod is all that the configuration takes from the environment. */
const ARGS = [`-config.file=${LOKI_PATHS.config}/loki.yaml`, '-config.expand-env=true', '-target=all'];

const PEERS: readonly Port[] = [
  { name: 'memberlist', port: PEER_PORTS.loki.memberlist },
  { name: 'grpc', port: PEER_PORTS.loki.grpc },
];

const { portName: port } = TARGETS.loki;

const PROBES: Probes = {
  // After a crash the write-ahead log is replayed.
  startup: { path: '/ready', port, periodSeconds: 5, failureThreshold: 120 },
  readiness: { path: '/ready', port, periodSeconds: 5 },
  // Readiness also waits for others and for the ring: a restart would help with neither.
  liveness: { path: '/loki/api/v1/status/buildinfo', port, failureThreshold: 6, timeoutSeconds: 5 },
};

const mounts = ({ loki: { objectStorage } }: StackConfig): readonly Mount[] => [
  configMapFolder('config', LOKI_PATHS.config, 'loki-config'),
  ...(objectStorage === undefined
    ? []
    : [secretFolder('object-storage', LOKI_PATHS.credentials, objectStorage.secret)]),
  scratchFolder('tmp', '/tmp', '64Mi'),
];

const environment = ({ loki: { objectStorage, resources } }: StackConfig): Readonly<Record<string, string>> => ({
  ...goMemoryLimit(resources.limits.memory),
  ...(objectStorage === undefined
    ? {}
    : { AWS_SHARED_CREDENTIALS_FILE: `${LOKI_PATHS.credentials}/${LOKI_CREDENTIALS_KEY}` }),
});

/** Loki: keeps lines and answers for them; it restarts when its configuration changes. */
export const lokiChart = (scope: Construct, config: StackConfig): ConfigFiles => {
  const { namespace, imagePullSecrets, loki } = config;
  const chart = new Chart(scope, '50-loki', { namespace, disableResourceNameHashes: true });
  const image = imageOf('loki', config);
  const identity = identityOf(TARGETS.loki, 'logs', image);
  const { version: _, ...owner } = identity;
  const files = { 'loki.yaml': lokiConfig(config) };
  const { checksum } = new Config(chart, 'Config', { ...owner, configMap: 'loki-config', files });
  new StatefulServer(chart, 'Server', {
    ...identity,
    image,
    imagePullSecrets,
    uid: UID,
    replicas: loki.replicas,
    ports: portsOf(TARGETS.loki),
    peerPorts: loki.replicas > 1 ? PEERS : [],
    args: ARGS,
    env: environment(config),
    addressVariable: LOKI_ADDRESS,
    probes: PROBES,
    mounts: mounts(config),
    configChecksum: checksum,
    resources: loki.resources,
    storage: storageOf(loki.storage, config),
    storagePath: LOKI_PATHS.data,
    // Time to store what is in memory.
    graceSeconds: 300,
  });
  return files;
};
