import type { SystemTargets } from '#settings';
import type { Systems } from '../house/component.ts';

const POD_PORT = '__meta_kubernetes_pod_container_port_number';

/** `a=b,c=d`, as the API selects by labels. */
const selector = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');

/** Keeps the pods of one namespace at one port; `instance` is the pod's name, as in our own jobs. */
const ofPods = ({ namespace, podLabels = {}, port }: SystemTargets): object => ({
  kubernetes_sd_configs: [
    {
      role: 'pod',
      namespaces: { names: [namespace] },
      ...(Object.keys(podLabels).length === 0 ? {} : { selectors: [{ role: 'pod', label: selector(podLabels) }] }),
    },
  ],
  relabel_configs: [
    { action: 'keep', source_labels: [POD_PORT], regex: String(port) },
    // A pod that has terminated keeps its address for a while, but is not a target that is down.
    { action: 'drop', source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Failed|Succeeded' },
    { action: 'replace', source_labels: ['__meta_kubernetes_pod_name'], target_label: 'instance' },
  ],
});

const scrape = (name: string, targets: SystemTargets): object => ({
  job_name: name,
  metrics_path: targets.metricsPath,
  scheme: targets.scheme,
  ...(targets.namespace === undefined ? { static_configs: [{ targets: targets.addresses }] } : ofPods(targets)),
});

/** A scrape job for each system that this stack does not deploy and nobody else scrapes, with its name as `job`. */
export const systemScrapes = (systems: Systems): readonly object[] =>
  Object.entries(systems).flatMap(([name, targets]) =>
    targets.scrapedAs === undefined ? [scrape(name, targets)] : [],
  );

/** The namespaces in which pods of such systems are discovered. */
export const systemNamespaces = (systems: Systems): readonly string[] =>
  [
    ...new Set(Object.values(systems).flatMap(({ namespace }) => (namespace === undefined ? [] : [namespace]))),
  ].toSorted();
