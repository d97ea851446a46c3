import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { TARGETS } from '#catalog';
import type { StackConfig } from '#config';
import {
  ClusterGrants,
  Config,
  configMapFolder,
  type Grant,
  type Mount,
  type Probes,
  Reader,
  StatefulServer,
  scratchFolder,
  secretFolder,
} from '#constructs';
import type { ConfigFiles, Content } from './content.ts';
import { externalUrlArgs, identityOf, portsOf, storageOf } from './identity.ts';
import { imageOf } from './images.ts';
import { PROMETHEUS_PATHS, prometheusConfig, REPLICA_VARIABLE, remoteWriteKeys } from './prometheus-config.ts';

const { config: configPath, rules: rulesPath, secrets: secretsPath, data } = PROMETHEUS_PATHS;

/** The user `nobody` of the image. */
const UID = 65_534;

/**
 * Configuration and rules are reloaded when they change, without a restart: the program compares checksums, which
 * also works with the symbolic links of mounted ConfigMaps. The lifecycle and admin interfaces stay off: nobody who
 * reaches the port can stop the server or delete data. Retention is in the configuration file.
 */
const ARGS = [
  `--config.file=${configPath}/prometheus.yml`,
  '--config.auto-reload',
  '--config.auto-reload-interval=15s',
  `--storage.tsdb.path=${data}`,
];

const { portName: port } = TARGETS.prometheus;

const PROBES: Probes = {
  // After a crash the write-ahead log is replayed, which takes minutes on a full volume.
  startup: { path: '/-/ready', port, periodSeconds: 5, failureThreshold: 180 },
  readiness: { path: '/-/ready', port, periodSeconds: 5 },
  liveness: { path: '/-/healthy', port, failureThreshold: 6 },
};

const mounts = (config: StackConfig): readonly Mount[] => [
  configMapFolder('config', configPath, 'prometheus-config'),
  configMapFolder('rules', rulesPath, 'prometheus-rules'),
  ...(remoteWriteKeys(config).length === 0
    ? []
    : [secretFolder('secrets', secretsPath, config.prometheus.remoteWriteSecret)]),
  ...(config.grafana.exposure === undefined
    ? []
    : [secretFolder('grafana', PROMETHEUS_PATHS.grafana, config.grafana.metricsSecret)]),
  scratchFolder('tmp', '/tmp', '64Mi'),
];

/** Nodes are found, and their kubelets asked for metrics and nothing else. */
const NODE_GRANTS: readonly Grant[] = [
  { resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
  { resources: ['nodes/metrics'], verbs: ['get'] },
];

/**
 * Prometheus: scrapes the stack, keeps samples, evaluates the rules. Several replicas do all of it each, and hand the
 * same alerts to every Alertmanager.
 */
export const prometheusChart = (scope: Construct, config: StackConfig, { ruleFiles }: Content): ConfigFiles => {
  const { namespace, imagePullSecrets } = config;
  const { storage, resources, replicas } = config.prometheus;
  const chart = new Chart(scope, '20-prometheus', { namespace, disableResourceNameHashes: true });
  const image = imageOf('prometheus', config);
  const identity = identityOf(TARGETS.prometheus, 'metrics', image);
  const files = { 'prometheus.yml': prometheusConfig(config) };
  const { version: _, ...owner } = identity;
  new Config(chart, 'Config', { ...owner, configMap: 'prometheus-config', files });
  const rules = Object.fromEntries(ruleFiles.map(({ name, text }) => [`${name}.yaml`, text]));
  new Config(chart, 'Rules', { ...owner, configMap: 'prometheus-rules', files: rules });
  new Reader(chart, 'Discovery', { ...owner, resources: ['pods'] });
  if (config.prometheus.volumeStats) new ClusterGrants(chart, 'Nodes', { ...owner, namespace, grants: NODE_GRANTS });
  new StatefulServer(chart, 'Server', {
    ...identity,
    image,
    imagePullSecrets,
    uid: UID,
    usesKubernetes: true,
    ports: portsOf(TARGETS.prometheus),
    args: [...ARGS, ...externalUrlArgs(config.prometheus)],
    probes: PROBES,
    mounts: mounts(config),
    resources,
    storage: storageOf(storage, config),
    storagePath: data,
    replicas,
    // Each replica has samples of its own: a graph that asked now one and now the other would jump.
    ...(replicas > 1 ? { sticky: true, nameVariable: REPLICA_VARIABLE } : {}),
    // Time to write the head block to disk.
    graceSeconds: 300,
  });
  return files;
};
