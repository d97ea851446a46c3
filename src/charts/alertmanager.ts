import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { PEER_PORTS, RECEIVER_SECRETS_PATH, TARGETS } from '#catalog';
import type { StackConfig } from '#config';
import {
  Config,
  configMapFolder,
  type Mount,
  type Port,
  type Probes,
  podHosts,
  StatefulServer,
  scratchFolder,
  secretFolder,
} from '#constructs';
import type { ConfigFiles, Content } from './content.ts';
import { externalUrlArgs, identityOf, portsOf, storageOf } from './identity.ts';
import { imageOf } from './images.ts';

const CONFIG_PATH = '/etc/alertmanager/config';
const DATA_PATH = '/alertmanager';

/** The user `nobody` of the image. */
const UID = 65_534;

const { mesh } = PEER_PORTS.alertmanager;

const MESH: readonly Port[] = [
  { name: 'mesh-tcp', port: mesh },
  { name: 'mesh-udp', port: mesh, protocol: 'UDP' },
];

const ADDRESS_VARIABLE = 'POD_ADDRESS';

/**
 * How replicas gossip about alerts, silences and notifications: by their names, which last longer than addresses. The
 * pod's own address is given because the program takes none by itself outside of the private ranges; the brackets fit
 * both families. A peer that came back has another address, so the old one is soon given up. One replica alone keeps
 * the port closed.
 *
 * @see https://prometheus.io/docs/alerting/latest/high_availability/
 */
const clusterArgs = (replicas: number): readonly string[] =>
  replicas === 1
    ? ['--cluster.listen-address=']
    : [
        `--cluster.listen-address=0.0.0.0:${mesh}`,
        `--cluster.advertise-address=[$(${ADDRESS_VARIABLE})]:${mesh}`,
        '--cluster.reconnect-timeout=5m',
        ...podHosts({ name: TARGETS.alertmanager.job }, replicas).map((host) => `--cluster.peer=${host}:${mesh}`),
      ];

const argsOf = ({ alertmanager }: StackConfig): readonly string[] => [
  `--config.file=${CONFIG_PATH}/alertmanager.yml`,
  `--storage.path=${DATA_PATH}`,
  ...clusterArgs(alertmanager.replicas),
  ...externalUrlArgs(alertmanager),
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

/**
 * Alertmanager: groups alerts, tells receivers, remembers silences; it restarts when its configuration changes. Of
 * several replicas one sends each notification, and the next one when it does not.
 */
export const alertmanagerChart = (scope: Construct, config: StackConfig, content: Content): ConfigFiles => {
  const { namespace, imagePullSecrets } = config;
  const { replicas } = config.alertmanager;
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
    args: argsOf(config),
    replicas,
    ...(replicas > 1 ? { peerPorts: MESH, addressVariable: ADDRESS_VARIABLE } : {}),
    probes: PROBES,
    mounts: mounts(config),
    configChecksum: checksum,
    resources: config.alertmanager.resources,
    storage: storageOf(config.alertmanager.storage, config),
    storagePath: DATA_PATH,
  });
  return files;
};
