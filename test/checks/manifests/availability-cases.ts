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
    `${BUDGET}: its selector app=web selects no pod`,
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
    'an autoscaler without room',
    ({ autoscaler }) => {
      autoscaler.spec.maxReplicas = 2;
    },
    `${AUTOSCALER}: minReplicas is 2, maxReplicas is 2`,
  ],
];
