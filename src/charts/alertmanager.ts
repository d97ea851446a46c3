import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { RECEIVER_SECRETS_PATH, TARGETS } from '#catalog';
import type { StackConfig } from '#config';
import {
  Config,
  configMapFolder,
  type Mount,
  type Probes,
  StatefulServer,
  scratchFolder,
  secretFolder,
} from '#constructs';
import type { ConfigFiles, Content } from './content.ts';
import { identityOf, portsOf, storageOf } from './identity.ts';
import { imageOf } from './images.ts';

const CONFIG_PATH = '/etc/alertmanager/config';
const DATA_PATH = '/alertmanager';

/** The user `nobody` of the image. */
const UID = 65_534;

/** There is one replica, so the gossip with others is off and its port stays closed. */
const ARGS = [
  `--config.file=${CONFIG_PATH}/alertmanager.yml`,
  `--storage.path=${DATA_PATH}`,
  '--cluster.listen-address=',
];

const { portName: port } = TARGETS.alertmanager;

const PROBES: Probes = {
  startup: { path: '/-/ready', port, periodSeconds: 2, failureThreshold: 30 },
  readiness: { path: '/-/ready', port, periodSeconds: 5 },
  liveness: { path: '/-/healthy', port, failureThreshold: 6 },
};

/** Tells whether a receiver names a key of the Secret; without one the Secret need not exist. */
const needsSecret = ({ alertmanager }: StackConfig): boolean =>
  Object.values(alertmanager.receivers)
    .flat()
    .some((way) => Object.keys(way).some((setting) => setting.endsWith('Key')));

const mounts = (config: StackConfig): readonly Mount[] => [
  configMapFolder('config', CONFIG_PATH, 'alertmanager-config'),
  ...(needsSecret(config) ? [secretFolder('secrets', RECEIVER_SECRETS_PATH, config.alertmanager.receiversSecret)] : []),
  scratchFolder('tmp', '/tmp', '64Mi'),
];

/** Alertmanager: groups alerts, tells receivers, remembers silences; it restarts when its configuration changes. */
export const alertmanagerChart = (scope: Construct, config: StackConfig, content: Content): ConfigFiles => {
  const { namespace, imagePullSecrets } = config;
  const chart = new Chart(scope, '30-alertmanager', { namespace, disableResourceNameHashes: true });
  const image = imageOf('alertmanager', config);
  const identity = identityOf(TARGETS.alertmanager, 'alerting', image);
  const { version: _, ...owner } = identity;
  const files = { 'alertmanager.yml': content.alertmanager };
  const { checksum } = new Config(chart, 'Config', { ...owner, configMap: 'alertmanager-config', files });
  new StatefulServer(chart, 'Server', {
    ...identity,
    image,
    imagePullSecrets,
    uid: UID,
    ports: portsOf(TARGETS.alertmanager),
    args: ARGS,
    probes: PROBES,
    mounts: mounts(config),
    configChecksum: checksum,
    resources: config.alertmanager.resources,
    storage: storageOf(config.alertmanager.storage, config),
    storagePath: DATA_PATH,
  });
  return files;
};
