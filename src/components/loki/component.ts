import { PEER_PORTS, TARGETS } from '#catalog';
import {
  configMapVolume,
  emptyDirVolume,
  FilesConfigMap,
  type Mount,
  type Port,
  type Probes,
  StatefulServer,
  secretVolume,
} from '#constructs';
import type { Network } from '#settings';
import { storageOf } from '../house/arguments.ts';
import { type Context, component } from '../house/component.ts';
import { dnsEdge, type Edge, portsTo, replicaEdges, tcp } from '../house/edge.ts';
import { goMemoryLimit } from '../house/go-memory-limit.ts';
import { lockedImage } from '../house/image.ts';
import { LOKI_ADDRESS, LOKI_CREDENTIALS_KEY, LOKI_PATHS, lokiConfig } from './config.ts';
import { type Loki, settings } from './settings.ts';

/** The user `loki` of the image. */
const UID = 10_001;

/** The configuration expands only the pod's address from the environment. */
const ARGS = [`-config.file=${LOKI_PATHS.config}/loki.yaml`, '-config.expand-env=true', '-target=all'];

const PEERS: readonly Port[] = [
  { name: 'memberlist', port: PEER_PORTS.loki.memberlist },
  { name: 'grpc', port: PEER_PORTS.loki.grpc },
];

const { job: JOB, portName: port } = TARGETS.loki;

const PROBES: Probes = {
  // After a crash the write-ahead log is replayed.
  startup: { path: '/ready', port, periodSeconds: 5, failureThreshold: 120 },
  readiness: { path: '/ready', port, periodSeconds: 5 },
  // Readiness also depends on the ring and on other replicas: a restart would fix neither.
  liveness: { path: '/loki/api/v1/status/buildinfo', port, failureThreshold: 6, timeoutSeconds: 5 },
};

const mounts = ({ objectStorage }: Loki): readonly Mount[] => [
  configMapVolume('config', LOKI_PATHS.config, 'loki-config'),
  ...(objectStorage === undefined
    ? []
    : [secretVolume('object-storage', LOKI_PATHS.credentials, objectStorage.secret)]),
  emptyDirVolume('tmp', '/tmp', '64Mi'),
];

const environment = ({ objectStorage, resources }: Loki): Readonly<Record<string, string>> => ({
  ...goMemoryLimit(resources.limits.memory),
  ...(objectStorage === undefined
    ? {}
    : { AWS_SHARED_CREDENTIALS_FILE: `${LOKI_PATHS.credentials}/${LOKI_CREDENTIALS_KEY}` }),
});

const storagePorts = ({ endpoint, insecure }: NonNullable<Loki['objectStorage']>, network: Network) =>
  portsTo(network, 'objectStorage', [endpoint], insecure ? 80 : 443);

const edges = ({ settings: { objectStorage, replicas }, network }: Context<Loki>): readonly Edge[] => [
  ...(objectStorage === undefined
    ? []
    : [
        { from: JOB, to: 'objectStorage', ports: storagePorts(objectStorage, network), why: 'stores log lines' },
        dnsEdge(JOB, network, 'finds the object storage'),
      ]),
  ...replicaEdges(JOB, replicas, tcp(PEER_PORTS.loki.memberlist, PEER_PORTS.loki.grpc), network),
];

/** Loki: stores log lines and queries them; it restarts when its configuration changes. */
export const loki = component({
  key: 'loki',
  settings,
  target: TARGETS.loki,
  role: 'logs',
  manifest: '50-loki',
  image: lockedImage('loki'),
  edges,
  destinations: ({ settings: { objectStorage } }) =>
    objectStorage === undefined
      ? []
      : [{ setting: 'objectStorage.endpoint', address: objectStorage.endpoint, to: 'objectStorage' }],
  secrets: ({ settings: { objectStorage } }) =>
    objectStorage === undefined
      ? []
      : [
          {
            name: objectStorage.secret,
            keys: ['credentials'],
            why: "Loki's object storage, as a shared credentials file",
          },
        ],
  files: ({ settings }) => ({ 'loki.yaml': lokiConfig(settings) }),
  build: (chart, context) => {
    const { settings, files, owner, server } = context;
    const { checksum } = new FilesConfigMap(chart, 'Config', { ...owner, configMap: 'loki-config', files });
    new StatefulServer(chart, 'Server', {
      ...server,
      uid: UID,
      replicas: settings.replicas,
      peerPorts: settings.replicas > 1 ? PEERS : [],
      args: ARGS,
      env: environment(settings),
      addressVariable: LOKI_ADDRESS,
      probes: PROBES,
      mounts: mounts(settings),
      configChecksum: checksum,
      storage: storageOf(settings.storage, context),
      storagePath: LOKI_PATHS.data,
      // Time to flush the chunks in memory.
      graceSeconds: 300,
    });
  },
});
