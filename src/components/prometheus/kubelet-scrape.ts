import { KUBELET_JOB } from '#catalog';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The scrape configuration of the kubelets, which report the usage of the volumes in our namespace; all other samples
 * are dropped. `instance` is the node's name.
 */
export const kubeletScrape = (namespace: string, verifyKubelets: boolean): object => ({
  job_name: KUBELET_JOB,
  scheme: 'https',
  metrics_path: '/metrics',
  authorization: { type: 'Bearer', credentials_file: `${ACCOUNT}/token` },
  tls_config: { ca_file: `${ACCOUNT}/ca.crt`, insecure_skip_verify: !verifyKubelets },
  kubernetes_sd_configs: [{ role: 'node' }],
  relabel_configs: [{ action: 'replace', source_labels: ['__meta_kubernetes_node_name'], target_label: 'instance' }],
  metric_relabel_configs: [
    {
      action: 'keep',
      source_labels: ['__name__', 'namespace'],
      regex: `kubelet_volume_stats_(?:(?:capacity|available)_bytes|inodes(?:_free)?);${namespace}`,
    },
  ],
});
