import { type Check, checksOf, got, when } from './check.ts';
import { type Inventory, ofKind, type Resource, specOf, type Workload } from './inventory.ts';
import {
  type AutoscalerSpec,
  autoscalerOf,
  type BudgetSpec,
  isReplicated,
  protectedBy,
  replicasOf,
  scaledBy,
} from './replicas.ts';
import { selectorText, selects } from './selector.ts';
import type { PodAffinityTerm } from './shapes.ts';

const budgetsOf = (workload: Workload, inventory: Inventory): readonly Resource[] =>
  ofKind(inventory, 'PodDisruptionBudget').filter((budget) => protectedBy(budget, inventory).includes(workload));

const antiAffinityOf = ({ pod }: Workload): readonly PodAffinityTerm[] => {
  const rules = pod.affinity?.podAntiAffinity;
  return [
    ...(rules?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(rules?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ];
};

/** A rule that does not choose the workload's own pods keeps none of them apart. */
const speaksOf =
  (workload: Workload) =>
  ({ labelSelector }: PodAffinityTerm): boolean =>
    labelSelector !== undefined && selects(labelSelector, workload.podLabels);

const NODE = 'kubernetes.io/hostname';

const WORKLOAD_CHECKS: readonly Check<Workload>[] = [
  {
    name: 'missing-budget',
    problems: (workload, inventory) =>
      when(
        isReplicated(workload, inventory) && budgetsOf(workload, inventory).length === 0,
        `up to ${replicasOf(workload, inventory).max} pods have no PodDisruptionBudget`,
      ),
    repair: 'add one with maxUnavailable 1, so that draining nodes takes one pod at a time',
  },
  {
    name: 'overlapping-budgets',
    problems: (workload, inventory) => {
      const names = budgetsOf(workload, inventory).map(({ name }) => name);
      return when(names.length > 1, `several PodDisruptionBudgets select its pods: ${names.join(', ')}`);
    },
    repair: 'keep one: with two the API server refuses every eviction',
  },
  {
    name: 'missing-anti-affinity',
    problems: (workload, inventory) => {
      const isApart = antiAffinityOf(workload).some((term) => term.topologyKey === NODE && speaksOf(workload)(term));
      return when(
        isReplicated(workload, inventory) && !isApart,
        `no podAntiAffinity over ${NODE} selects its own pods`,
      );
    },
    repair: 'add one, so that the loss of a node takes one pod',
  },
  {
    name: 'missing-spread',
    problems: (workload, inventory) => {
      const isSpread = (workload.pod.topologySpreadConstraints ?? []).some(speaksOf(workload));
      return when(isReplicated(workload, inventory) && !isSpread, 'no topologySpreadConstraint selects its own pods');
    },
    repair: 'add one over zones or nodes',
  },
  {
    name: 'autoscaled-replicas',
    problems: (workload, inventory) => {
      const { replicas } = workload.spec;
      const isFixed = replicas !== undefined && autoscalerOf(workload, inventory) !== undefined;
      return when(isFixed, `replicas is ${got(replicas)} beside a HorizontalPodAutoscaler`);
    },
    repair: 'leave replicas out: each apply would undo what the autoscaler did',
  },
];

/** Tells whether an amount of pods, in per cent or as a number, is at least so many. */
const atLeast = (amount: number | string, pods: number, whole: number): boolean =>
  typeof amount === 'number' ? amount >= pods : Math.ceil((Number.parseFloat(amount) / 100) * whole) >= pods;

/** A share of unavailable pods is rounded up, so only nothing at all lets no pod go. */
const forbidden = (budget: Resource, inventory: Inventory): readonly string[] => {
  const { minAvailable, maxUnavailable } = specOf<BudgetSpec>(budget);
  if (maxUnavailable !== undefined)
    return when(!atLeast(maxUnavailable, 1, 100), `maxUnavailable is ${got(maxUnavailable)}`);
  return protectedBy(budget, inventory)
    .map((workload) => ({ name: workload.name, ...replicasOf(workload, inventory) }))
    .filter(({ min }) => atLeast(minAvailable ?? 1, min, min))
    .map(({ name, min }) => `minAvailable is ${got(minAvailable)} where ${name} may have ${min} pods`);
};

const BUDGET_CHECKS: readonly Check<Resource>[] = [
  {
    name: 'dangling-budget',
    problems: (budget, inventory) => {
      const text = selectorText(specOf<BudgetSpec>(budget).selector ?? {});
      return when(protectedBy(budget, inventory).length === 0, `its selector ${text} chooses no pod`);
    },
    repair: 'select labels that the pods of a workload have',
  },
  {
    name: 'forbidden-eviction',
    problems: forbidden,
    repair: 'let one pod go at least: otherwise no node can ever be drained',
  },
  {
    name: 'unhealthy-eviction',
    problems: (budget) => {
      const { unhealthyPodEvictionPolicy: policy } = specOf<BudgetSpec>(budget);
      return when(policy !== 'AlwaysAllow', `unhealthyPodEvictionPolicy is ${got(policy)}`);
    },
    repair: 'set it to AlwaysAllow: a pod that never gets ready would keep its node from being drained',
  },
];

const AUTOSCALER_CHECKS: readonly Check<Resource>[] = [
  {
    name: 'dangling-autoscaler',
    problems: (autoscaler, inventory) => {
      const { scaleTargetRef: target } = specOf<AutoscalerSpec>(autoscaler);
      const isDangling = scaledBy(autoscaler, inventory) === undefined;
      return when(isDangling, `${target?.kind} '${target?.name}' is not among the manifests`);
    },
    repair: 'name a workload of this stack, with its apiVersion',
  },
  {
    name: 'autoscaler-range',
    problems: (autoscaler) => {
      const { minReplicas = 1, maxReplicas = 0 } = specOf<AutoscalerSpec>(autoscaler);
      return when(minReplicas >= maxReplicas, `minReplicas is ${minReplicas}, maxReplicas is ${maxReplicas}`);
    },
    repair: 'let it choose: maxReplicas must be more than minReplicas',
  },
];

/** What is there several times survives the loss of a node, and nodes can be drained. */
export const availabilityChecks = [
  checksOf(({ workloads }) => workloads, WORKLOAD_CHECKS),
  checksOf((inventory) => ofKind(inventory, 'PodDisruptionBudget'), BUDGET_CHECKS),
  checksOf((inventory) => ofKind(inventory, 'HorizontalPodAutoscaler'), AUTOSCALER_CHECKS),
];
