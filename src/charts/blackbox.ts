import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { TARGETS } from '#catalog';
import type { StackConfig } from '#config';
import { Config, configMapFolder, type Probes, ReplicatedServer } from '#constructs';
import { BLACKBOX_PATH, blackboxConfig } from './blackbox-config.ts';
import type { ConfigFiles } from './content.ts';
import { identityOf, portsOf } from './identity.ts';
import { imageOf } from './images.ts';
import { goMemoryLimit } from './memory.ts';

/** The user `nobody`. */
const UID = 65_534;

const { port, portName } = TARGETS.blackbox;

const ARGS = [
  `--config.file=${BLACKBOX_PATH}/blackbox.yml`,
  `--web.listen-address=:${port}`,
  // Without it every probe is remembered with what it got.
  '--history.limit=1',
];

const HEALTHY = { path: '/-/healthy', port: portName } as const;

const PROBES: Probes = {
  startup: { ...HEALTHY, periodSeconds: 2, failureThreshold: 30 },
  readiness: { ...HEALTHY, periodSeconds: 5 },
  liveness: { ...HEALTHY, failureThreshold: 6 },
};

/** The blackbox exporter: asks from another pod, over the network, whether something answers. */
export const blackboxChart = (scope: Construct, config: StackConfig): ConfigFiles => {
  const { namespace, imagePullSecrets, blackbox } = config;
  const chart = new Chart(scope, '70-blackbox-exporter', { namespace, disableResourceNameHashes: true });
  const image = imageOf('blackbox', config);
  const identity = identityOf(TARGETS.blackbox, 'probes', image);
  const { version: _, ...owner } = identity;
  const files = { 'blackbox.yml': blackboxConfig() };
  const { checksum } = new Config(chart, 'Config', { ...owner, configMap: 'blackbox-exporter-config', files });
  new ReplicatedServer(chart, 'Server', {
    ...identity,
    image,
    imagePullSecrets,
    uid: UID,
    replicas: 1,
    ports: portsOf(TARGETS.blackbox),
    args: ARGS,
    env: goMemoryLimit(blackbox.resources.limits.memory),
    probes: PROBES,
    mounts: [configMapFolder('config', BLACKBOX_PATH, 'blackbox-exporter-config')],
    configChecksum: checksum,
    resources: blackbox.resources,
  });
  return files;
};
