import { PEER_PORTS, RECEIVER_SECRETS_PATH, TARGETS } from '#catalog';
import {
  configMapVolume,
  emptyDirVolume,
  FilesConfigMap,
  type Mount,
  type Port,
  type Probes,
  podHosts,
  StatefulServer,
  secretVolume,
} from '#constructs';
import { externalUrlArgs, storageOf } from '../house/arguments.ts';
import { type Context, component } from '../house/component.ts';
import { dnsEdge, type Edge, internetPorts, portsTo, replicaEdges, tcp, udpAndTcp } from '../house/edge.ts';
import { lockedImage } from '../house/image.ts';
import { type Alertmanager, settings } from './settings.ts';

const { job: JOB } = TARGETS.alertmanager;

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
 * Replicas gossip about alerts, silences and notifications under their host names, which outlive addresses. The pod's
 * own address is advertised explicitly because Alertmanager detects only private ones; the brackets suit both address
 * families. A peer that restarts has another address, so reconnecting to the old one ends soon. A single replica does
 * not listen.
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
        ...podHosts({ name: JOB }, replicas).map((host) => `--cluster.peer=${host}:${mesh}`),
      ];

const argsOf = (settings: Alertmanager): readonly string[] => [
  `--config.file=${CONFIG_PATH}/alertmanager.yml`,
  `--storage.path=${DATA_PATH}`,
  ...clusterArgs(settings.replicas),
  ...externalUrlArgs(settings),
];

const { portName: port } = TARGETS.alertmanager;

const PROBES: Probes = {
  startup: { path: '/-/ready', port, periodSeconds: 2, failureThreshold: 30 },
  readiness: { path: '/-/ready', port, periodSeconds: 5 },
  liveness: { path: '/-/healthy', port, failureThreshold: 6 },
};

/** The keys that the receivers name, sorted: every setting of theirs that ends in `Key` is one. Without any the Secret need not exist. */
const receiverKeys = ({ receivers }: Alertmanager): readonly string[] => {
  const settingsOfAll = Object.values(receivers)
    .flat()
    .flatMap((receiver) => Object.entries(receiver));
  const keys = settingsOfAll.flatMap(([setting, value]) =>
    setting.endsWith('Key') && typeof value === 'string' ? [value] : [],
  );
  return [...new Set(keys)].toSorted();
};

const mounts = (settings: Alertmanager): readonly Mount[] => [
  configMapVolume('config', CONFIG_PATH, 'alertmanager-config'),
  ...(receiverKeys(settings).length === 0
    ? []
    : [secretVolume('secrets', RECEIVER_SECRETS_PATH, settings.receiversSecret)]),
  emptyDirVolume('tmp', '/tmp', '64Mi'),
];

const edges = ({ settings, network }: Context<Alertmanager>): readonly Edge[] => {
  const receivers = Object.values(settings.receivers).flat();
  const smarthosts = receivers.flatMap((receiver) => (receiver.type === 'email' ? [receiver.smarthost] : []));
  const mesh = udpAndTcp(PEER_PORTS.alertmanager.mesh);
  return [
    { from: TARGETS.prometheus.job, to: JOB, ports: tcp(TARGETS.alertmanager.port), why: 'sends alerts' },
    ...(receivers.length === 0 ? [] : [dnsEdge(JOB, network, 'finds its receivers')]),
    ...(receivers.length === smarthosts.length
      ? []
      : [
          {
            from: JOB,
            to: 'receivers',
            ports: internetPorts(network, 'receivers', tcp(network.receiverPort)),
            why: 'sends notifications',
          },
        ]),
    ...(smarthosts.length === 0
      ? []
      : [
          {
            from: JOB,
            to: 'mail',
            ports: portsTo(network, 'mail', smarthosts),
            why: 'sends notifications by mail',
          },
        ]),
    ...replicaEdges(JOB, settings.replicas, mesh, network),
  ];
};

/** Every replica, by its stable name: an alert that one of them misses may never reach it from the others. */
const alertmanagers = (replicas: number): readonly string[] =>
  (replicas === 1 ? [JOB] : podHosts({ name: JOB }, replicas)).map((host) => `${host}:${TARGETS.alertmanager.port}`);

/**
 * Alertmanager: groups alerts, notifies receivers and keeps silences; it restarts when its configuration changes. Of
 * several replicas one sends each notification, and the next one where the first does not.
 */
export const alertmanager = component({
  key: 'alertmanager',
  settings,
  target: TARGETS.alertmanager,
  role: 'alerting',
  manifest: '30-alertmanager',
  image: lockedImage('alertmanager'),
  edges,
  destinations: ({ settings: { receivers } }) =>
    Object.entries(receivers).flatMap(([name, integrations]) =>
      integrations.flatMap((one, index) =>
        one.type === 'email'
          ? [{ setting: `receivers.${name}[${index}].smarthost`, address: one.smarthost, to: 'mail' as const }]
          : [],
      ),
    ),
  secrets: ({ settings }) => [
    { name: settings.receiversSecret, keys: receiverKeys(settings), why: 'receivers of Alertmanager' },
  ],
  monitoring: ({ settings }) => ({ alertmanagers: alertmanagers(settings.replicas) }),
  files: ({ content }) => ({ 'alertmanager.yml': content.alertmanager }),
  build: (chart, context) => {
    const { settings, files, owner, server } = context;
    const { replicas } = settings;
    const { checksum } = new FilesConfigMap(chart, 'Config', { ...owner, configMap: 'alertmanager-config', files });
    new StatefulServer(chart, 'Server', {
      ...server,
      uid: UID,
      args: argsOf(settings),
      replicas,
      ...(replicas > 1 ? { peerPorts: MESH, addressVariable: ADDRESS_VARIABLE } : {}),
      probes: PROBES,
      mounts: mounts(settings),
      configChecksum: checksum,
      storage: storageOf(settings.storage, context),
      storagePath: DATA_PATH,
    });
  },
});
