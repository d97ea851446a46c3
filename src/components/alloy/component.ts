import { TARGETS } from '#catalog';
import {
  configMapVolume,
  emptyDirVolume,
  FilesConfigMap,
  type Grant,
  Grants,
  headlessServiceOf,
  type Probes,
  StatefulServer,
} from '#constructs';
import { storageOf } from '../house/arguments.ts';
import { type Context, component } from '../house/component.ts';
import { dnsEdge, type Edge, replicaEdges, tcp } from '../house/edge.ts';
import { goMemoryLimit } from '../house/go-memory-limit.ts';
import { lockedImage } from '../house/image.ts';
import { ALLOY_PATHS, alloyConfig } from './config.ts';
import { type Alloy, settings } from './settings.ts';

/** The user `alloy` of the image. */
const UID = 473;

const { job, port, portName } = TARGETS.alloy;

/** The environment variables with the pod's name and address, under which it joins the cluster. */
const NAME = 'ALLOY_POD_NAME';
const ADDRESS = 'ALLOY_POD_ADDRESS';

/**
 * Usage is not reported. Metrics and the UI share a port, which network policies open to Prometheus only; profiling and
 * support bundles are off.
 */
const ARGS = [
  'run',
  `${ALLOY_PATHS.config}/config.alloy`,
  `--storage.path=${ALLOY_PATHS.data}`,
  `--server.http.listen-addr=0.0.0.0:${port}`,
  '--server.http.enable-pprof=false',
  '--server.http.disable-support-bundle',
  '--disable-reporting',
  '--stability.level=generally-available',
];

/**
 * Members distribute the pods among themselves over the port of the metrics, which Alloy appends to the address: one of
 * IPv6 needs brackets, which one of IPv4 must not have.
 */
const CLUSTER_ARGS = [
  '--cluster.enabled=true',
  '--cluster.name=tidewatch',
  `--cluster.node-name=$(${NAME})`,
  `--cluster.advertise-address=$(${ADDRESS})`,
  `--cluster.join-addresses=${headlessServiceOf({ name: job })}:${port}`,
];

const READY = { path: '/-/ready', port: portName } as const;

/** The health endpoint also fails for what a restart does not fix, such as an unreachable Loki. */
const PROBES: Probes = {
  startup: { ...READY, periodSeconds: 2, failureThreshold: 60 },
  readiness: { ...READY, periodSeconds: 5 },
  liveness: { ...READY, failureThreshold: 6, timeoutSeconds: 5 },
};

const GRANTS: readonly Grant[] = [
  { resources: ['pods'], verbs: ['get', 'list', 'watch'] },
  { resources: ['pods/log'], verbs: ['get'] },
];

const edges = ({ settings, network }: Context<Alloy>): readonly Edge[] => [
  dnsEdge(job, network, 'finds Loki'),
  { from: job, to: 'apiServer', ports: tcp(...network.apiServer.ports), why: 'discovers pods and reads their logs' },
  { from: job, to: TARGETS.loki.job, ports: tcp(TARGETS.loki.port), why: 'sends log lines' },
  ...replicaEdges(job, settings.replicas, tcp(port), network),
];

/** Alloy: reads the logs of the stack's pods, keeps its positions on a volume, and needs no access to the nodes. */
export const alloy = component({
  key: 'alloy',
  settings,
  target: TARGETS.alloy,
  role: 'logs',
  manifest: '60-alloy',
  image: lockedImage('alloy'),
  edges,
  files: ({ namespace, settings }) => ({ 'config.alloy': alloyConfig(namespace, settings) }),
  build: (chart, context) => {
    const { settings, files, owner, server } = context;
    const clustered = settings.replicas > 1;
    const { checksum } = new FilesConfigMap(chart, 'Config', { ...owner, configMap: 'alloy-config', files });
    new Grants(chart, 'Reading', { ...owner, grants: GRANTS });
    new StatefulServer(chart, 'Server', {
      ...server,
      uid: UID,
      usesKubernetes: true,
      replicas: settings.replicas,
      args: clustered ? [...ARGS, ...CLUSTER_ARGS] : ARGS,
      env: goMemoryLimit(settings.resources.limits.memory),
      ...(clustered ? { nameVariable: NAME, addressVariable: ADDRESS } : {}),
      probes: PROBES,
      mounts: [configMapVolume('config', ALLOY_PATHS.config, 'alloy-config'), emptyDirVolume('tmp', '/tmp', '64Mi')],
      configChecksum: checksum,
      storage: storageOf(settings.storage, context),
      storagePath: ALLOY_PATHS.data,
      // Time to send what has been read.
      graceSeconds: 60,
    });
  },
});
