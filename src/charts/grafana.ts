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
  type Probes,
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

const { portName: port } = TARGETS.grafana;

const PROBES: Probes = {
  // The first start makes the database, and a new version changes it.
  startup: { path: '/api/health', port, periodSeconds: 5, failureThreshold: 60 },
  readiness: { path: '/api/health', port, periodSeconds: 5 },
  liveness: { path: '/api/health', port, failureThreshold: 6, timeoutSeconds: 5 },
};

/** One ConfigMap a dashboard: each may grow to the size of an object, and a review sees which one changed. */
const dashboardConfigs = (chart: Chart, owner: Identity, { dashboards }: Content): readonly string[] =>
  dashboards.map(({ uid, json }) => {
    const configMap = `grafana-dashboard-${uid}`;
    return new Config(chart, `Dashboard-${uid}`, { ...owner, configMap, files: { [`${uid}.json`]: json } }).name;
  });

/** Grafana: shows the dashboards. New content of a dashboard is read without a restart, a new dashboard needs one. */
export const grafanaChart = (scope: Construct, config: StackConfig, content: Content): ConfigFiles => {
  const { namespace, imagePullSecrets, grafana } = config;
  const chart = new Chart(scope, '40-grafana', { namespace, disableResourceNameHashes: true });
  const image = imageOf('grafana', config);
  const identity = identityOf(TARGETS.grafana, 'dashboards', image);
  const { version: _, ...owner } = identity;
  const files = { 'datasources.yaml': datasources(config), 'dashboard-provider.yaml': dashboardProvider() };
  const provisioning = new Config(chart, 'Provisioning', { ...owner, configMap: 'grafana-provisioning', files });
  const dashboards = dashboardConfigs(chart, owner, content);
  new SingleServer(chart, 'Server', {
    ...identity,
    image,
    imagePullSecrets,
    uid: UID,
    ports: portsOf(TARGETS.grafana),
    env: settings(config),
    probes: PROBES,
    mounts: [
      configMapTree('provisioning', GRAFANA_PATHS.provisioning, provisioning.name, {
        'datasources.yaml': 'datasources/datasources.yaml',
        'dashboard-provider.yaml': 'dashboards/provider.yaml',
      }),
      configMapsFolder('dashboard-files', GRAFANA_PATHS.dashboards, dashboards),
      secretFolder('admin', GRAFANA_PATHS.secrets, grafana.adminSecret),
      scratchFolder('tmp', '/tmp', '128Mi'),
    ],
    configChecksum: provisioning.checksum,
    resources: grafana.resources,
    storage: storageOf(grafana.storage, config),
    storagePath: GRAFANA_PATHS.data,
  });
  if (grafana.exposure !== undefined) {
    const { portName: name, port } = TARGETS.grafana;
    const { hostname: host } = new URL(grafana.rootUrl);
    new Exposure(chart, 'Exposure', { ...owner, host, port: { name, port }, way: grafana.exposure });
  }
  return files;
};
