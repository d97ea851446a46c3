import type { Chart } from 'cdk8s';
import { METRICS_USER, TARGETS } from '#catalog';
import {
  configMapItems,
  Exposure,
  emptyDirVolume,
  FilesConfigMap,
  type Identity,
  type Mount,
  type Probes,
  projectedConfigMaps,
  ReplicatedServer,
  SingleServer,
  secretVolume,
} from '#constructs';
import { storageOf } from '../house/arguments.ts';
import { type BuildContext, type Content, type Context, component } from '../house/component.ts';
import { dnsEdge, type Edge, portsTo, tcp } from '../house/edge.ts';
import { lockedImage } from '../house/image.ts';
import { dashboardProvider, datasources, environment, GRAFANA_PATHS } from './config.ts';
import { type Grafana, settings } from './settings.ts';

/** The user `grafana` of the image. */
const UID = 472;

const { job: JOB, portName: PORT } = TARGETS.grafana;

const PROBES: Probes = {
  // The first start creates the database, and a new version migrates it.
  startup: { path: '/api/health', port: PORT, periodSeconds: 5, failureThreshold: 60 },
  readiness: { path: '/api/health', port: PORT, periodSeconds: 5 },
  liveness: { path: '/api/health', port: PORT, failureThreshold: 6, timeoutSeconds: 5 },
};

/** One ConfigMap per dashboard: each may grow to the size limit of an object, and a review shows which one changed. */
const dashboardConfigs = (chart: Chart, owner: Identity, { dashboards }: Content): readonly string[] =>
  dashboards.map(({ uid, json }) => {
    const configMap = `grafana-dashboard-${uid}`;
    return new FilesConfigMap(chart, `Dashboard-${uid}`, { ...owner, configMap, files: { [`${uid}.json`]: json } })
      .name;
  });

const mounts = (
  { adminSecret, database, exposure, metricsSecret }: Grafana,
  provisioning: string,
  dashboards: readonly string[],
): readonly Mount[] => [
  configMapItems('provisioning', GRAFANA_PATHS.provisioning, provisioning, {
    'datasources.yaml': 'datasources/datasources.yaml',
    'dashboard-provider.yaml': 'dashboards/provider.yaml',
  }),
  projectedConfigMaps('dashboard-files', GRAFANA_PATHS.dashboards, dashboards),
  secretVolume('admin', GRAFANA_PATHS.secrets, adminSecret),
  ...(database === undefined ? [] : [secretVolume('database', GRAFANA_PATHS.database, database.secret)]),
  ...(exposure === undefined ? [] : [secretVolume('metrics', GRAFANA_PATHS.metrics, metricsSecret)]),
  emptyDirVolume('tmp', '/tmp', '128Mi'),
];

/** With a database of its own Grafana is one pod with a volume; with a shared one its pods are stateless. */
const addServer = (
  chart: Chart,
  context: BuildContext<Grafana>,
  configMap: FilesConfigMap,
  dashboards: readonly string[],
) => {
  const { settings, server } = context;
  const own = mounts(settings, configMap.name, dashboards);
  const pod = { ...server, uid: UID, env: environment(settings), probes: PROBES, configChecksum: configMap.checksum };
  if (settings.database === undefined) {
    const storage = storageOf(settings.storage, context);
    new SingleServer(chart, 'Server', { ...pod, mounts: own, storage, storagePath: GRAFANA_PATHS.data });
    return;
  }
  const data = emptyDirVolume('data', GRAFANA_PATHS.data, '256Mi');
  new ReplicatedServer(chart, 'Server', { ...pod, replicas: settings.replicas, mounts: [...own, data] });
};

const expose = (chart: Chart, { exposure, rootUrl }: Grafana, owner: Identity): void => {
  if (exposure === undefined) return;
  const { portName: name, port } = TARGETS.grafana;
  const { hostname: host } = new URL(rootUrl);
  new Exposure(chart, 'Exposure', { ...owner, host, port: { name, port }, via: exposure });
};

const edges = ({ settings: { exposure, database }, network }: Context<Grafana>): readonly Edge[] => [
  dnsEdge(JOB, network, 'finds its data sources'),
  { from: JOB, to: TARGETS.prometheus.job, ports: tcp(TARGETS.prometheus.port), why: 'queries metrics' },
  { from: JOB, to: TARGETS.loki.job, ports: tcp(TARGETS.loki.port), why: 'queries logs' },
  ...(exposure === undefined
    ? []
    : [{ from: 'ingress', to: JOB, ports: tcp(TARGETS.grafana.port), why: 'forwards requests of users' }]),
  ...(database === undefined
    ? []
    : [
        {
          from: JOB,
          to: 'database',
          ports: portsTo(network, 'database', [database.host]),
          why: 'stores users and settings',
        },
      ]),
];

/** Grafana: shows the dashboards. A changed dashboard is reloaded without a restart, a new one needs a restart. */
export const grafana = component({
  key: 'grafana',
  settings,
  target: TARGETS.grafana,
  role: 'dashboards',
  manifest: '40-grafana',
  image: lockedImage('grafana'),
  edges,
  destinations: ({ settings: { database } }) =>
    database === undefined ? [] : [{ setting: 'database.host', address: database.host, to: 'database' }],
  secrets: ({ settings: { adminSecret, exposure, metricsSecret, database } }) => [
    { name: adminSecret, values: { 'admin-user': 'admin', 'admin-password': null, 'secret-key': null } },
    ...(exposure === undefined ? [] : [{ name: metricsSecret, values: { password: null } }]),
    ...(database === undefined
      ? []
      : [
          {
            name: database.secret,
            keys: [database.passwordKey, ...(database.caKey === undefined ? [] : [database.caKey])],
            why: "Grafana's database",
          },
        ]),
  ],
  monitoring: ({ settings: { exposure, metricsSecret } }) =>
    exposure === undefined ? {} : { basicAuth: { username: METRICS_USER, secret: metricsSecret } },
  files: ({ scrapeInterval }) => ({
    'datasources.yaml': datasources(scrapeInterval),
    'dashboard-provider.yaml': dashboardProvider(),
  }),
  build: (chart, context) => {
    const { settings, content, files, owner } = context;
    const configMap = new FilesConfigMap(chart, 'Provisioning', { ...owner, configMap: 'grafana-provisioning', files });
    addServer(chart, context, configMap, dashboardConfigs(chart, owner, content));
    expose(chart, settings, owner);
  },
});
