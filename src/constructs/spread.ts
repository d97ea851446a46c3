import type { k8s } from 'cdk8s-plus-28';
import { type Identity, selectorLabels } from './labels.ts';

/** Where a lost machine and a lost data centre end. */
const DOMAINS = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'] as const;

/**
 * Keeps the pods of a component on nodes and in zones of their own. The rules are soft: a cluster of one node still
 * runs all of them, and a pod whose volume is tied to a zone still starts. Pods of the last revision do not count, or
 * a rollout would leave the new ones where the old ones were not; only Deployments have that label, others pass it by.
 */
export const spreadOverNodes = (identity: Identity): Pick<k8s.PodSpec, 'affinity' | 'topologySpreadConstraints'> => {
  const labelSelector = { matchLabels: selectorLabels(identity) };
  return {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { labelSelector, topologyKey: DOMAINS[0] } },
        ],
      },
    },
    topologySpreadConstraints: DOMAINS.map((topologyKey) => ({
      labelSelector,
      matchLabelKeys: ['pod-template-hash'],
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: 'ScheduleAnyway',
    })),
  };
};
