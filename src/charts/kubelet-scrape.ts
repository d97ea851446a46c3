import { KUBELET_JOB } from '#catalog';
import type { StackConfig } from '#config';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The scrape that asks every node how full the volumes of our namespace are; everything else that a node tells is
 * dropped. `instance` is the node's name.
 */
export const kubeletScrape = ({ namespace, prometheus }: StackConfig): object => ({
  job_name: KUBELET_JOB,
  scheme: 'https',
  metrics_path: '/metrics',
  authorization: { type: 'Bearer', credentials_file: `${ACCOUNT}/token` },
  tls_config: { ca_file: `${ACCOUNT}/ca.crt`, insecure_skip_verify: !prometheus.verifyKubelets },
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
