import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { TARGETS } from '#catalog';
import type { StackConfig } from '#config';
import {
  Config,
  configMapsFolder,
  configMapTree,
  Exposure,
  type Identity,
  type Mount,
  type PodProps,
  type Probes,
  ReplicatedServer,
  SingleServer,
  scratchFolder,
  secretFolder,
} from '#constructs';
import type { ConfigFiles, Content } from './content.ts';
import { dashboardProvider, datasources, GRAFANA_PATHS, settings } from './grafana-config.ts';
import { identityOf, portsOf, storageOf } from './identity.ts';
import { imageOf } from './images.ts';

/** The user `grafana` of the image. */
const UID = 472;

const { portName: PORT } = TARGETS.grafana;

const PROBES: Probes = {
  // The first start makes the database, and a new version changes it.
  startup: { path: '/api/health', port: PORT, periodSeconds: 5, failureThreshold: 60 },
  readiness: { path: '/api/health', port: PORT, periodSeconds: 5 },
  liveness: { path: '/api/health', port: PORT, failureThreshold: 6, timeoutSeconds: 5 },
};

/** One ConfigMap a dashboard: each may grow to the size of an object, and a review sees which one changed. */
const dashboardConfigs = (chart: Chart, owner: Identity, { dashboards }: Content): readonly string[] =>
  dashboards.map(({ uid, json }) => {
    const configMap = `grafana-dashboard-${uid}`;
    return new Config(chart, `Dashboard-${uid}`, { ...owner, configMap, files: { [`${uid}.json`]: json } }).name;
  });

const mounts = ({ grafana }: StackConfig, provisioning: string, dashboards: readonly string[]): readonly Mount[] => [
  configMapTree('provisioning', GRAFANA_PATHS.provisioning, provisioning, {
    'datasources.yaml': 'datasources/datasources.yaml',
    'dashboard-provider.yaml': 'dashboards/provider.yaml',
  }),
  configMapsFolder('dashboard-files', GRAFANA_PATHS.dashboards, dashboards),
  secretFolder('admin', GRAFANA_PATHS.secrets, grafana.adminSecret),
  ...(grafana.database === undefined
    ? []
    : [secretFolder('database', GRAFANA_PATHS.database, grafana.database.secret)]),
  ...(grafana.exposure === undefined ? [] : [secretFolder('metrics', GRAFANA_PATHS.metrics, grafana.metricsSecret)]),
  scratchFolder('tmp', '/tmp', '128Mi'),
];

/** With a database of its own Grafana is one pod with a volume; with a shared one its pods keep nothing. */
const server = (chart: Chart, config: StackConfig, pod: PodProps): void => {
  const { imagePullSecrets, grafana } = config;
  if (grafana.database === undefined) {
    const storage = storageOf(grafana.storage, config);
    new SingleServer(chart, 'Server', { ...pod, imagePullSecrets, storage, storagePath: GRAFANA_PATHS.data });
    return;
  }
  new ReplicatedServer(chart, 'Server', {
    ...pod,
    imagePullSecrets,
    replicas: grafana.replicas,
    mounts: [...(pod.mounts ?? []), scratchFolder('data', GRAFANA_PATHS.data, '256Mi')],
  });
};

const expose = (chart: Chart, { grafana: { exposure, rootUrl } }: StackConfig, owner: Identity): void => {
  if (exposure === undefined) return;
  const { portName: name, port } = TARGETS.grafana;
  const { hostname: host } = new URL(rootUrl);
  new Exposure(chart, 'Exposure', { ...owner, host, port: { name, port }, way: exposure });
};

/** Grafana: shows the dashboards. New content of a dashboard is read without a restart, a new dashboard needs one. */
export const grafanaChart = (scope: Construct, config: StackConfig, content: Content): ConfigFiles => {
  const chart = new Chart(scope, '40-grafana', { namespace: config.namespace, disableResourceNameHashes: true });
  const image = imageOf('grafana', config);
  const identity = identityOf(TARGETS.grafana, 'dashboards', image);
  const { version: _, ...owner } = identity;
  const files = { 'datasources.yaml': datasources(config), 'dashboard-provider.yaml': dashboardProvider() };
  const provisioning = new Config(chart, 'Provisioning', { ...owner, configMap: 'grafana-provisioning', files });
  const dashboards = dashboardConfigs(chart, owner, content);
  server(chart, config, {
    ...identity,
    image,
    uid: UID,
    ports: portsOf(TARGETS.grafana),
    env: settings(config),
    probes: PROBES,
    mounts: mounts(config, provisioning.name, dashboards),
    configChecksum: provisioning.checksum,
    resources: config.grafana.resources,
  });
  expose(chart, config, owner);
  return files;
};
