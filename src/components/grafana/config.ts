import { Yaml } from 'cdk8s';
import { DASHBOARD_UIDS, DATASOURCE_UIDS, LOGS_PANELS, METRICS_USER, TARGETS } from '#catalog';
import type { Grafana } from './settings.ts';

/** The paths of Grafana's files in its container. */
export const GRAFANA_PATHS = {
  provisioning: '/etc/grafana/provisioning',
  dashboards: '/etc/grafana/dashboards',
  secrets: '/etc/grafana/secrets',
  metrics: '/etc/grafana/metrics',
  database: '/etc/grafana/database',
  data: '/var/lib/grafana',
} as const;

const { anthropicProxy, logs, stackHealth } = DASHBOARD_UIDS;

/**
 * Links from a log line to the other lines of its request, and to the metrics of its credential, model and pod at the same
 * time. The request ID is only in the text, the others are labels. A literal dollar sign in a provisioning file is doubled.
 */
const DERIVED_FIELDS = [
  ['All lines of the request', '"request_id":"([^"]+)"', `${logs}?viewPanel=${LOGS_PANELS.allLines.id}&var-search`],
  ['Metrics of the credential', 'credential', `${anthropicProxy}?var-credential`],
  ['Metrics of the model', 'model', `${anthropicProxy}?var-model`],
  ['Metrics of the pod', 'instance', `${anthropicProxy}?var-instance`],
  ['Stack health of the pod', 'instance', `${stackHealth}?var-instance`],
].map(([name, matcherRegex = '', target]) => ({
  name,
  matcherType: /^\w+$/.test(matcherRegex) ? 'label' : 'regex',
  matcherRegex,
  url: `/d/${target}=$$\{__value.raw}&from=$$\{__from}&to=$$\{__to}`,
  urlDisplayLabel: name,
}));

/**
 * The text of the datasources' provisioning file; exactly one is the default, or Grafana does not start.
 *
 * @see https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
 */
export const datasources = (scrapeInterval: string): string =>
  Yaml.stringify({
    apiVersion: 1,
    prune: true,
    datasources: [
      {
        name: 'Prometheus',
        uid: DATASOURCE_UIDS.prometheus,
        type: 'prometheus',
        access: 'proxy',
        url: `http://${TARGETS.prometheus.job}:${TARGETS.prometheus.port}`,
        isDefault: true,
        editable: false,
        // $__rate_interval is derived from the interval.
        jsonData: { httpMethod: 'POST', prometheusType: 'Prometheus', timeInterval: scrapeInterval },
      },
      {
        name: 'Loki',
        uid: DATASOURCE_UIDS.loki,
        type: 'loki',
        access: 'proxy',
        url: `http://${TARGETS.loki.job}:${TARGETS.loki.port}`,
        isDefault: false,
        editable: false,
        jsonData: { maxLines: 1000, timeout: 60, derivedFields: DERIVED_FIELDS },
      },
    ],
  });

/** The text of the dashboards' provisioning file: the directory is rescanned, and dashboards are read-only in the UI. */
export const dashboardProvider = (): string =>
  Yaml.stringify({
    apiVersion: 1,
    providers: [
      {
        name: 'tidewatch',
        type: 'file',
        folder: 'Tidewatch',
        folderUid: 'tidewatch',
        allowUiUpdates: false,
        disableDeletion: false,
        updateIntervalSeconds: 30,
        options: { path: GRAFANA_PATHS.dashboards },
      },
    ],
  });

/** No requests to servers outside the cluster. */
const NO_TELEMETRY = {
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  GF_ANALYTICS_FEEDBACK_LINKS_ENABLED: 'false',
  GF_ANALYTICS_REPORTING_ENABLED: 'false',
  GF_NEWS_NEWS_FEED_ENABLED: 'false',
  GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED: 'true',
  GF_SECURITY_DISABLE_GRAVATAR: 'true',
  GF_SNAPSHOTS_EXTERNAL_ENABLED: 'false',
};

/** No sharing with people who have no account. */
const NO_PUBLIC_SHARING = {
  GF_PUBLIC_DASHBOARDS_ENABLED: 'false',
  GF_SNAPSHOTS_ENABLED: 'false',
};

/**
 * The data sources to which Grafana proxies raw requests of any user. With Loki every GET would be open, including
 * `/ingester/shutdown`; queries of panels do not use this proxy. The cost is the live tailing of logs.
 *
 * @see https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#data_source_proxy_whitelist
 */
const PROXY_WHITELIST = {
  GF_SECURITY_DATA_SOURCE_PROXY_WHITELIST: `${TARGETS.prometheus.job}:${TARGETS.prometheus.port}`,
};

/**
 * The image carries the datasource plugins on its read-only root: an update at start would stop them and then fail.
 *
 * @see https://github.com/grafana/grafana/issues/132528
 */
const BUNDLED_PLUGINS = {
  GF_PLUGINS_PLUGIN_ADMIN_ENABLED: 'false',
  GF_PLUGINS_PREINSTALL_AUTO_UPDATE: 'false',
  GF_PLUGINS_PREINSTALL_DISABLED: 'true',
};

/** An exposed Grafana protects its metrics, which reveal versions, users and data sources. */
const metricsAccess = ({ exposure }: Grafana): Readonly<Record<string, string>> =>
  exposure === undefined
    ? {}
    : {
        GF_METRICS_BASIC_AUTH_USERNAME: METRICS_USER,
        GF_METRICS_BASIC_AUTH_PASSWORD__FILE: `${GRAFANA_PATHS.metrics}/password`,
      };

/** The database that several replicas share; its password is read from a file. */
const database = ({ database: shared }: Grafana): Readonly<Record<string, string>> =>
  shared === undefined
    ? {}
    : {
        GF_DATABASE_TYPE: 'postgres',
        GF_DATABASE_HOST: shared.host,
        GF_DATABASE_NAME: shared.name,
        GF_DATABASE_USER: shared.user,
        GF_DATABASE_PASSWORD__FILE: `${GRAFANA_PATHS.database}/${shared.passwordKey}`,
        GF_DATABASE_SSL_MODE: shared.sslMode,
        ...(shared.caKey === undefined
          ? {}
          : { GF_DATABASE_CA_CERT_PATH: `${GRAFANA_PATHS.database}/${shared.caKey}` }),
      };

/** Grafana's settings as environment variables; a change of one starts a new pod. */
export const environment = (grafana: Grafana): Readonly<Record<string, string>> => ({
  ...NO_TELEMETRY,
  ...NO_PUBLIC_SHARING,
  ...PROXY_WHITELIST,
  ...BUNDLED_PLUGINS,
  ...database(grafana),
  ...metricsAccess(grafana),
  GF_AUTH_ANONYMOUS_ENABLED: 'false',
  GF_LOG_MODE: 'console',
  GF_PATHS_PROVISIONING: GRAFANA_PATHS.provisioning,
  GF_SECURITY_ADMIN_PASSWORD__FILE: `${GRAFANA_PATHS.secrets}/admin-password`,
  GF_SECURITY_ADMIN_USER__FILE: `${GRAFANA_PATHS.secrets}/admin-user`,
  GF_SECURITY_COOKIE_SECURE: String(grafana.rootUrl.startsWith('https://')),
  // It encrypts the credentials in the database, and Grafana's default is publicly known.
  GF_SECURITY_SECRET_KEY__FILE: `${GRAFANA_PATHS.secrets}/secret-key`,
  GF_SERVER_ROOT_URL: `${grafana.rootUrl}/`,
  GF_USERS_ALLOW_SIGN_UP: 'false',
});
