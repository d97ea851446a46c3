import { Yaml } from 'cdk8s';
import { METRICS_USER, SAMPLE_LIMIT, TARGETS, type Target } from '#catalog';
import type { StackConfig } from '#config';
import { NAME_LABEL, PART_OF, PART_OF_LABEL, podHosts } from '#constructs';
import { probeScrape } from './blackbox-config.ts';
import { kubeletScrape } from './kubelet-scrape.ts';

/** Where Prometheus finds its files. */
export const PROMETHEUS_PATHS = {
  config: '/etc/prometheus/config',
  rules: '/etc/prometheus/rules',
  secrets: '/etc/prometheus/secrets',
  grafana: '/etc/prometheus/grafana',
  data: '/prometheus',
} as const;

/** A label of the API as Prometheus calls it. @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config */
const podLabel = (label: string): string => `__meta_kubernetes_pod_label_${label.replace(/[^a-zA-Z0-9]/g, '_')}`;

/** One list of pods serves every job: the same discovery under several jobs asks the API once. */
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
    // A pod that ended keeps its address for a while: it is no target that is down.
    { action: 'drop', source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Failed|Succeeded' },
    { action: 'replace', source_labels: ['__meta_kubernetes_pod_name'], target_label: 'instance' },
  ],
});

/** What is open to people outside shows them no metrics, and Prometheus says who it is. */
const scrapeOf = (target: Target, { namespace, grafana }: StackConfig): object => ({
  ...scrape(target, namespace),
  ...(target === TARGETS.grafana && grafana.exposure !== undefined
    ? { basic_auth: { username: METRICS_USER, password_file: `${PROMETHEUS_PATHS.grafana}/password` } }
    : {}),
});

type RemoteWrite = StackConfig['prometheus']['remoteWrite'][number];

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
export const remoteWriteKeys = ({ prometheus }: StackConfig): readonly string[] =>
  [...new Set(prometheus.remoteWrite.flatMap(({ passwordKey, bearerTokenKey }) => [passwordKey, bearerTokenKey]))]
    .filter((key) => key !== undefined)
    .toSorted();

/** The environment variable with the name of the pod, where there are several. */
export const REPLICA_VARIABLE = 'POD_NAME';

/** Prometheus puts environment variables into these values: a dollar sign of the user's own is doubled. */
const externalLabels = ({ replicas, replicaLabel, externalLabels: own }: StackConfig['prometheus']): object => {
  const labels = {
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, value.replaceAll('$', '$$$$')])),
    ...(replicas > 1 ? { [replicaLabel]: `\${${REPLICA_VARIABLE}}` } : {}),
  };
  return Object.keys(labels).length === 0 ? {} : { external_labels: labels };
};

/** Every replica, by a name that lasts: one that does not get an alert from here may never learn of it. */
const alertmanagers = ({ alertmanager: { replicas } }: StackConfig): readonly string[] => {
  const { job, port } = TARGETS.alertmanager;
  const hosts = replicas === 1 ? [job] : podHosts({ name: job }, replicas);
  return hosts.map((host) => `${host}:${port}`);
};

/** Alertmanager never sees which replica an alert is from: the same alert of two of them is then one. */
const alerting = (config: StackConfig): object => ({
  ...(config.prometheus.replicas > 1
    ? { alert_relabel_configs: [{ action: 'labeldrop', regex: config.prometheus.replicaLabel }] }
    : {}),
  alertmanagers: [{ static_configs: [{ targets: alertmanagers(config) }] }],
});

const retention = ({ retention: time, retentionSize: size }: StackConfig['prometheus']): object => ({
  time,
  ...(size === undefined ? {} : { size }),
});

/** The text of prometheus.yml. */
export const prometheusConfig = (config: StackConfig): string => {
  const { prometheus } = config;
  return Yaml.stringify({
    global: {
      scrape_interval: prometheus.scrapeInterval,
      evaluation_interval: prometheus.evaluationInterval,
      sample_limit: SAMPLE_LIMIT,
      ...externalLabels(prometheus),
    },
    storage: { tsdb: { retention: retention(prometheus) } },
    rule_files: [`${PROMETHEUS_PATHS.rules}/*.yaml`],
    alerting: alerting(config),
    scrape_configs: [
      ...Object.values(TARGETS).map((target) => scrapeOf(target, config)),
      probeScrape(config),
      ...(prometheus.volumeStats ? [kubeletScrape(config)] : []),
    ],
    ...(prometheus.remoteWrite.length === 0 ? {} : { remote_write: prometheus.remoteWrite.map(remoteWriteEntry) }),
  });
};
