import { Yaml } from 'cdk8s';
import { SAMPLE_LIMIT, type Target } from '#catalog';
import { NAME_LABEL, PART_OF, PART_OF_LABEL } from '#constructs';
import type { FilesContext, Monitored } from '../house/component.ts';
import { kubeletScrape } from './kubelet-scrape.ts';
import type { Prometheus } from './settings.ts';
import { systemScrapes } from './system-scrape.ts';

/** The paths of Prometheus's files in its container. */
export const PROMETHEUS_PATHS = {
  config: '/etc/prometheus/config',
  rules: '/etc/prometheus/rules',
  secrets: '/etc/prometheus/secrets',
  data: '/prometheus',
} as const;

/** Where the credentials for the metrics of a component are mounted. */
export const credentialsPath = (job: string): string => `/etc/prometheus/${job}`;

/** The meta label of a pod's label. @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config */
const podLabel = (label: string): string => `__meta_kubernetes_pod_label_${label.replace(/[^a-zA-Z0-9]/g, '_')}`;

/** The same for every job, so that all of them share one watch of the API. */
const discovery = (namespace: string) => ({
  role: 'pod',
  namespaces: { names: [namespace] },
  selectors: [{ role: 'pod', label: `${PART_OF_LABEL}=${PART_OF}` }],
});

/**
 * Keeps the pods of one component at their metrics port. `job` is the job's name, which is the component's, and
 * `instance` is the pod's name: an address would start new series at each restart.
 */
const scrape = ({ job, portName, metricsPath }: Target, namespace: string) => ({
  job_name: job,
  metrics_path: metricsPath,
  kubernetes_sd_configs: [discovery(namespace)],
  relabel_configs: [
    {
      action: 'keep',
      source_labels: [podLabel(NAME_LABEL), '__meta_kubernetes_pod_container_port_name'],
      regex: `${job};${portName}`,
    },
    // A pod that has terminated keeps its address for a while, but is not a target that is down.
    { action: 'drop', source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Failed|Succeeded' },
    { action: 'replace', source_labels: ['__meta_kubernetes_pod_name'], target_label: 'instance' },
  ],
});

const scrapeOf = ({ target, basicAuth }: Monitored, namespace: string): object => ({
  ...scrape(target, namespace),
  ...(basicAuth === undefined
    ? {}
    : { basic_auth: { username: basicAuth.username, password_file: `${credentialsPath(target.job)}/password` } }),
});

type RemoteWrite = Prometheus['remoteWrite'][number];

const secretFile = (key: string): string => `${PROMETHEUS_PATHS.secrets}/${key}`;

const authentication = ({ username, passwordKey, bearerTokenKey }: RemoteWrite): object => {
  if (bearerTokenKey !== undefined) {
    return { authorization: { type: 'Bearer', credentials_file: secretFile(bearerTokenKey) } };
  }
  return username === undefined || passwordKey === undefined
    ? {}
    : { basic_auth: { username, password_file: secretFile(passwordKey) } };
};

const remoteWriteEntry = (target: RemoteWrite): object => ({
  url: target.url,
  ...(target.name === undefined ? {} : { name: target.name }),
  ...authentication(target),
  ...(Object.keys(target.headers).length === 0 ? {} : { headers: target.headers }),
});

/** The keys that the Secret of remote_write must have, sorted. */
export const remoteWriteKeys = ({ remoteWrite }: Pick<Prometheus, 'remoteWrite'>): readonly string[] =>
  [...new Set(remoteWrite.flatMap(({ passwordKey, bearerTokenKey }) => [passwordKey, bearerTokenKey]))]
    .filter((key) => key !== undefined)
    .toSorted();

/** The environment variable with the name of the pod, where there are several. */
export const REPLICA_VARIABLE = 'POD_NAME';

/** Prometheus expands environment variables in these values, so a user's own dollar sign is doubled. */
const externalLabels = ({ replicas, replicaLabel, externalLabels: own }: Prometheus): object => {
  const labels = {
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, value.replaceAll('$', '$$$$')])),
    ...(replicas > 1 ? { [replicaLabel]: `\${${REPLICA_VARIABLE}}` } : {}),
  };
  return Object.keys(labels).length === 0 ? {} : { external_labels: labels };
};

/** The replica label is dropped from alerts, so that Alertmanager deduplicates those of several replicas. */
const alerting = ({ replicas, replicaLabel }: Prometheus, monitored: readonly Monitored[]): object => ({
  ...(replicas > 1 ? { alert_relabel_configs: [{ action: 'labeldrop', regex: replicaLabel }] } : {}),
  alertmanagers: [{ static_configs: [{ targets: monitored.flatMap(({ alertmanagers = [] }) => alertmanagers) }] }],
});

const retention = ({ retention: time, retentionSize: size }: Prometheus): object => ({
  time,
  ...(size === undefined ? {} : { size }),
});

/** The text of prometheus.yml. */
export const prometheusConfig = ({ namespace, settings, monitored, systems }: FilesContext<Prometheus>): string =>
  Yaml.stringify({
    global: {
      scrape_interval: settings.scrapeInterval,
      evaluation_interval: settings.evaluationInterval,
      sample_limit: SAMPLE_LIMIT,
      ...externalLabels(settings),
    },
    storage: { tsdb: { retention: retention(settings) } },
    rule_files: [`${PROMETHEUS_PATHS.rules}/*.yaml`],
    alerting: alerting(settings, monitored),
    scrape_configs: [
      ...monitored.map((component) => scrapeOf(component, namespace)),
      ...monitored.flatMap(({ scrapeConfigs = [] }) => scrapeConfigs),
      ...systemScrapes(systems),
      ...(settings.volumeStats ? [kubeletScrape(namespace, settings.verifyKubelets)] : []),
    ],
    ...(settings.remoteWrite.length === 0 ? {} : { remote_write: settings.remoteWrite.map(remoteWriteEntry) }),
  });
