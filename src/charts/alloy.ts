import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { TARGETS } from '#catalog';
import type { StackConfig } from '#config';
import { Config, configMapFolder, Grants, type Probes, podNamesOf, StatefulServer, scratchFolder } from '#constructs';
import { ALLOY_PATHS, alloyConfig } from './alloy-config.ts';
import type { ConfigFiles } from './content.ts';
import { identityOf, portsOf, storageOf } from './identity.ts';
import { imageOf } from './images.ts';
import { goMemoryLimit } from './memory.ts';

/** The user `alloy` of the image. */
const UID = 473;

const { job, port, portName } = TARGETS.alloy;

/** The environment variables with the pod's name and address, by which others of the cluster know it. */
const NAME = 'ALLOY_POD_NAME';
const ADDRESS = 'ALLOY_POD_ADDRESS';

/**
 * Nothing is reported to anybody. Metrics and pages have one port, which network policies open to Prometheus alone;
 * profiles and bundles for support are off.
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

/** Members agree on who reads which pod over the port of the metrics. */
const CLUSTER_ARGS = [
  '--cluster.enabled=true',
  '--cluster.name=tidewatch',
  `--cluster.node-name=$(${NAME})`,
  `--cluster.advertise-address=$(${ADDRESS}):${port}`,
  `--cluster.join-addresses=${podNamesOf({ name: job })}:${port}`,
];

const READY = { path: '/-/ready', port: portName } as const;

/** Health would also tell of what a restart does not heal, such as a Loki that is away. */
const PROBES: Probes = {
  startup: { ...READY, periodSeconds: 2, failureThreshold: 60 },
  readiness: { ...READY, periodSeconds: 5 },
  liveness: { ...READY, failureThreshold: 6, timeoutSeconds: 5 },
};

/** Alloy: reads the logs of the stack's pods, remembers how far on a volume, and needs no right on any node. */
export const alloyChart = (scope: Construct, config: StackConfig): ConfigFiles => {
  const { namespace, imagePullSecrets, alloy } = config;
  const chart = new Chart(scope, '60-alloy', { namespace, disableResourceNameHashes: true });
  const image = imageOf('alloy', config);
  const identity = identityOf(TARGETS.alloy, 'logs', image);
  const { version: _, ...owner } = identity;
  const files = { 'config.alloy': alloyConfig(config) };
  const { checksum } = new Config(chart, 'Config', { ...owner, configMap: 'alloy-config', files });
  const grants = [
    { resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    { resources: ['pods/log'], verbs: ['get'] },
  ];
  new Grants(chart, 'Reading', { ...owner, grants });
  const several = alloy.replicas > 1;
  new StatefulServer(chart, 'Server', {
    ...identity,
    image,
    imagePullSecrets,
    uid: UID,
    usesKubernetes: true,
    replicas: alloy.replicas,
    ports: portsOf(TARGETS.alloy),
    args: several ? [...ARGS, ...CLUSTER_ARGS] : ARGS,
    env: goMemoryLimit(alloy.resources.limits.memory),
    ...(several ? { nameVariable: NAME, addressVariable: ADDRESS } : {}),
    probes: PROBES,
    mounts: [configMapFolder('config', ALLOY_PATHS.config, 'alloy-config'), scratchFolder('tmp', '/tmp', '64Mi')],
    configChecksum: checksum,
    resources: alloy.resources,
    storage: storageOf(alloy.storage, config),
    storagePath: ALLOY_PATHS.data,
    // Time to send what was read.
    graceSeconds: 60,
  });
  return files;
};
