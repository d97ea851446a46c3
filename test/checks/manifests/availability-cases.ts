import type { Case } from './case.ts';
import { podOf } from './good-stack.ts';

const WEB = 'web (Deployment web)';
const BUDGET = 'budget (PodDisruptionBudget web)';
const AUTOSCALER = 'autoscaler (HorizontalPodAutoscaler web)';

/** Disruption budgets, autoscalers, and where replicas run. */
export const availabilityCases: readonly Case[] = [
  [
    'missing-budget',
    'replicas without a budget',
    (stack) => {
      delete stack.budget;
    },
    `${WEB}: up to 5 pods have no PodDisruptionBudget`,
  ],
  [
    'overlapping-budgets',
    'two budgets for the same pods',
    (stack) => {
      stack.second = structuredClone(stack.budget);
      stack.second.metadata.name = 'second';
    },
    `${WEB}: several PodDisruptionBudgets select its pods: web, second`,
  ],
  [
    'missing-anti-affinity',
    'replicas that may share a node',
    ({ web }) => {
      delete podOf(web).affinity;
    },
    `${WEB}: no podAntiAffinity over kubernetes.io/hostname selects its own pods`,
  ],
  [
    'missing-anti-affinity',
    'replicas that keep away from others alone',
    ({ web, store }) => {
      podOf(
        web,
      ).affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.labelSelector =
        store.spec.selector;
    },
    `${WEB}: no podAntiAffinity over kubernetes.io/hostname selects its own pods`,
  ],
  [
    'missing-spread',
    'replicas that are not spread',
    ({ web }) => {
      podOf(web).topologySpreadConstraints = [];
    },
    `${WEB}: no topologySpreadConstraint selects its own pods`,
  ],
  [
    'autoscaled-replicas',
    'a number of replicas under an autoscaler',
    ({ web }) => {
      web.spec.replicas = 2;
    },
    `${WEB}: replicas is 2 beside a HorizontalPodAutoscaler`,
  ],
  [
    'dangling-budget',
    'a budget for no pod',
    ({ budget }) => {
      budget.spec.selector = { matchLabels: { app: 'web' } };
    },
    `${WEB}: up to 5 pods have no PodDisruptionBudget`,
    `${BUDGET}: its selector app=web chooses no pod`,
  ],
  [
    'forbidden-eviction',
    'a budget that lets no pod go',
    ({ budget }) => {
      budget.spec.maxUnavailable = '0%';
    },
    `${BUDGET}: maxUnavailable is "0%"`,
  ],
  [
    'forbidden-eviction',
    'a budget that wants as many pods as there may be',
    ({ budget }) => {
      delete budget.spec.maxUnavailable;
      budget.spec.minAvailable = 2;
    },
    `${BUDGET}: minAvailable is 2 where web may have 2 pods`,
  ],
  [
    'forbidden-eviction',
    'a budget whose share is all pods',
    ({ budget }) => {
      delete budget.spec.maxUnavailable;
      budget.spec.minAvailable = '51%';
    },
    `${BUDGET}: minAvailable is "51%" where web may have 2 pods`,
  ],
  [
    'unhealthy-eviction',
    'a budget that keeps pods that are not ready',
    ({ budget }) => {
      delete budget.spec.unhealthyPodEvictionPolicy;
    },
    `${BUDGET}: unhealthyPodEvictionPolicy is unset`,
  ],
  [
    'dangling-autoscaler',
    'an autoscaler of nothing',
    ({ autoscaler, web }) => {
      autoscaler.spec.scaleTargetRef.name = 'other';
      web.spec.replicas = 2;
    },
    `${AUTOSCALER}: Deployment 'other' is not among the manifests`,
  ],
  [
    'autoscaler-range',
    'an autoscaler without a choice',
    ({ autoscaler }) => {
      autoscaler.spec.maxReplicas = 2;
    },
    `${AUTOSCALER}: minReplicas is 2, maxReplicas is 2`,
  ],
];
