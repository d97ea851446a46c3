import { theirs } from '../label.ts';
import { foreign } from '../metric.ts';

const declare = foreign();

const VOLUME = [
  theirs('namespace', 'The namespace of a volume claim.'),
  theirs('persistentvolumeclaim', 'The name of a volume claim.'),
] as const;

/** Series of the kubelets about the volumes of our namespace; absent where they are not scraped. */
export const kubelet = {
  volumeCapacity: declare.gauge({
    name: 'kubelet_volume_stats_capacity_bytes',
    help: 'Size of a volume.',
    unit: 'bytes',
    labels: VOLUME,
    scope: 'instance',
  }),
  volumeAvailable: declare.gauge({
    name: 'kubelet_volume_stats_available_bytes',
    help: 'Space that is left on a volume.',
    unit: 'bytes',
    labels: VOLUME,
    scope: 'instance',
  }),
  volumeInodes: declare.gauge({
    name: 'kubelet_volume_stats_inodes',
    help: 'Files that a volume can hold.',
    unit: 'files',
    labels: VOLUME,
    scope: 'instance',
  }),
  volumeInodesFree: declare.gauge({
    name: 'kubelet_volume_stats_inodes_free',
    help: 'Files that a volume can still take.',
    unit: 'files',
    labels: VOLUME,
    scope: 'instance',
  }),
} as const;
