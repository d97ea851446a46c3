import type { k8s } from 'cdk8s-plus-28';
import { type Identity, type Labels, selectorLabels } from './labels.ts';

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

/**
 * Keeps a pod on the node of the pods with the given labels, terminating ones included. While there is none, the pod may
 * run on any node.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity
 */
export const onNodeOf = (matchLabels: Labels): Pick<k8s.PodSpec, 'affinity'> => ({
  affinity: {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { ...matchLabels } }, topologyKey: DOMAINS[0] },
      ],
    },
  },
});
