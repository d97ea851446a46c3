import type { k8s } from 'cdk8s-plus-28';
import { type Identity, selectorLabels } from './labels.ts';

/** The failure domains. */
const DOMAINS = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'] as const;

/**
 * Spreads the pods of a component over nodes and zones. The constraints are soft: a cluster of one node still runs all of
 * them, and a pod whose volume is bound to a zone still starts. Pods of the last revision do not count, or a rollout would
 * place the new ones only where the old ones were not; the label exists on the pods of Deployments only.
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
