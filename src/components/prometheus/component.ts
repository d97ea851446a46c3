import type { Chart } from 'cdk8s';
import { TARGETS } from '#catalog';
import {
  ClusterGrants,
  configMapVolume,
  emptyDirVolume,
  FilesConfigMap,
  type Grant,
  Grants,
  type Mount,
  type Probes,
  StatefulServer,
  secretVolume,
} from '#constructs';
import { externalUrlArgs, storageOf } from '../house/arguments.ts';
import { type BuildContext, type Context, component, type Monitored } from '../house/component.ts';
import { dnsEdge, type Edge, portsTo, tcp } from '../house/edge.ts';
import { lockedImage } from '../house/image.ts';
import { systemEdges } from '../systems.ts';
import { credentialsPath, PROMETHEUS_PATHS, prometheusConfig, REPLICA_VARIABLE, remoteWriteKeys } from './config.ts';
import { type Prometheus, settings } from './settings.ts';
import { systemNamespaces } from './system-scrape.ts';

const { config: configPath, rules: rulesPath, secrets: secretsPath, data } = PROMETHEUS_PATHS;

/** The user `nobody` of the image. */
const UID = 65_534;

/**
 * Configuration and rules are reloaded without a restart when their checksums change, which also works with the symbolic
 * links of mounted ConfigMaps. The lifecycle and admin APIs stay off, so that nobody who reaches the port can stop the
 * server or delete data. Retention is in the configuration file.
 */
const ARGS = [
  `--config.file=${configPath}/prometheus.yml`,
  '--config.auto-reload',
  '--config.auto-reload-interval=15s',
  `--storage.tsdb.path=${data}`,
];

const { job: JOB, portName: port } = TARGETS.prometheus;

const PROBES: Probes = {
  // After a crash the write-ahead log is replayed, which takes minutes on a full volume.
  startup: { path: '/-/ready', port, periodSeconds: 5, failureThreshold: 180 },
  readiness: { path: '/-/ready', port, periodSeconds: 5 },
  liveness: { path: '/-/healthy', port, failureThreshold: 6 },
};

const mounts = (settings: Prometheus, monitored: readonly Monitored[]): readonly Mount[] => [
  configMapVolume('config', configPath, 'prometheus-config'),
  configMapVolume('rules', rulesPath, 'prometheus-rules'),
  ...(remoteWriteKeys(settings).length === 0 ? [] : [secretVolume('secrets', secretsPath, settings.remoteWriteSecret)]),
  ...monitored.flatMap(({ target: { job }, basicAuth }) =>
    basicAuth === undefined ? [] : [secretVolume(job, credentialsPath(job), basicAuth.secret)],
  ),
  emptyDirVolume('tmp', '/tmp', '64Mi'),
];

/** Service discovery of pods. */
const POD_GRANTS: readonly Grant[] = [{ resources: ['pods'], verbs: ['get', 'list', 'watch'] }];

/** Service discovery of nodes, and the metrics of their kubelets. */
const NODE_GRANTS: readonly Grant[] = [
  { resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
  { resources: ['nodes/metrics'], verbs: ['get'] },
];

/** The port of the kubelet. @see https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
const KUBELET_PORT = 10_250;

const edges = ({ settings: { remoteWrite, volumeStats }, network, systems }: Context<Prometheus>): readonly Edge[] => [
  dnsEdge(JOB, network, 'finds Alertmanager'),
  { from: JOB, to: 'apiServer', ports: tcp(...network.apiServer.ports), why: 'discovers pods' },
  ...systemEdges(JOB, systems),
  ...(remoteWrite.length === 0
    ? []
    : [
        {
          from: JOB,
          to: 'remoteWrite',
          ports: portsTo(
            network,
            'remoteWrite',
            remoteWrite.map(({ url }) => url),
          ),
          why: 'sends samples by remote write',
        },
      ]),
  ...(volumeStats ? [{ from: JOB, to: 'nodes', ports: tcp(KUBELET_PORT), why: 'scrapes the usage of volumes' }] : []),
];

const addConfiguration = (
  chart: Chart,
  { namespace, settings, content, files, owner, systems }: BuildContext<Prometheus>,
): void => {
  new FilesConfigMap(chart, 'Config', { ...owner, configMap: 'prometheus-config', files });
  const rules = Object.fromEntries(content.ruleFiles.map(({ name, text }) => [`${name}.yaml`, text]));
  new FilesConfigMap(chart, 'Rules', { ...owner, configMap: 'prometheus-rules', files: rules });
  new Grants(chart, 'Discovery', { ...owner, grants: POD_GRANTS });
  for (const other of systemNamespaces(systems))
    new Grants(chart, `Discovery in ${other}`, { ...owner, grants: POD_GRANTS, in: other, of: namespace });
  if (settings.volumeStats) new ClusterGrants(chart, 'Nodes', { ...owner, namespace, grants: NODE_GRANTS });
};

/**
 * Prometheus: scrapes the stack, stores samples and evaluates the rules. Of several replicas each does all of it, and
 * sends the same alerts to every Alertmanager.
 */
export const prometheus = component({
  key: 'prometheus',
  settings,
  target: TARGETS.prometheus,
  role: 'metrics',
  manifest: '20-prometheus',
  image: lockedImage('prometheus'),
  edges,
  destinations: ({ settings: { remoteWrite } }) =>
    remoteWrite.map(({ url }, index) => ({ setting: `remoteWrite[${index}].url`, address: url, to: 'remoteWrite' })),
  secrets: ({ settings }) => [
    { name: settings.remoteWriteSecret, keys: remoteWriteKeys(settings), why: 'remote write of Prometheus' },
  ],
  files: (context) => ({ 'prometheus.yml': prometheusConfig(context) }),
  build: (chart, context) => {
    const { settings, monitored, server } = context;
    addConfiguration(chart, context);
    new StatefulServer(chart, 'Server', {
      ...server,
      uid: UID,
      usesKubernetes: true,
      args: [...ARGS, ...externalUrlArgs(settings)],
      probes: PROBES,
      mounts: mounts(settings, monitored),
      storage: storageOf(settings.storage, context),
      storagePath: data,
      replicas: settings.replicas,
      // Each replica has its own samples: a graph that alternates between them would jump.
      ...(settings.replicas > 1 ? { sticky: true, nameVariable: REPLICA_VARIABLE } : {}),
      // Time to write the head block to disk.
      graceSeconds: 300,
    });
  },
});
