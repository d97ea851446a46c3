import {
  checksOf,
  type Inventory,
  type ManifestCheck,
  NODE,
  ofKind,
  podsOf,
  type Resource,
  selectorText,
  selects,
  specOf,
  valueText,
  type Workload,
  when,
} from './inventory.ts';
import type { LabelSelector, PodAffinityTerm } from './shapes.ts';

/** The spec of a HorizontalPodAutoscaler. */
interface AutoscalerSpec {
  readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind: string; readonly name: string };
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** The spec of a PodDisruptionBudget. */
interface BudgetSpec {
  readonly selector: LabelSelector;
}

/** The workload that an autoscaler scales. */
const scaledBy = (autoscaler: Resource, { workloads }: Inventory): Workload | undefined => {
  const { scaleTargetRef } = specOf<AutoscalerSpec>(autoscaler);
  return workloads.find(
    ({ kind, name, namespace, apiVersion }) =>
      kind === scaleTargetRef?.kind &&
      name === scaleTargetRef.name &&
      namespace === autoscaler.namespace &&
      apiVersion === (scaleTargetRef.apiVersion ?? apiVersion),
  );
};

/** The autoscaler of a workload. */
const autoscalerOf = (workload: Workload, inventory: Inventory): Resource | undefined =>
  ofKind(inventory, 'HorizontalPodAutoscaler').find((autoscaler) => scaledBy(autoscaler, inventory) === workload);

/** The workloads that a disruption budget protects. */
const protectedBy = (budget: Resource, inventory: Inventory): readonly Workload[] =>
  podsOf(inventory, budget.namespace, specOf<BudgetSpec>(budget).selector ?? {});

const SCALABLE: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'ReplicaSet']);

/** The most pods that a workload has at a time. */
const maxReplicasOf = (workload: Workload, inventory: Inventory): number => {
  const autoscaler = autoscalerOf(workload, inventory);
  if (autoscaler === undefined) return workload.spec.replicas ?? 1;
  const { minReplicas = 1, maxReplicas = minReplicas } = specOf<AutoscalerSpec>(autoscaler);
  return maxReplicas;
};

/** Whether a workload may have several replicas. */
const isReplicated = (workload: Workload, inventory: Inventory): boolean =>
  SCALABLE.has(workload.kind) && maxReplicasOf(workload, inventory) > 1;

const budgetsOf = (workload: Workload, inventory: Inventory): readonly Resource[] =>
  ofKind(inventory, 'PodDisruptionBudget').filter((budget) => protectedBy(budget, inventory).includes(workload));

const antiAffinityOf = ({ pod }: Workload): readonly PodAffinityTerm[] => {
  const rules = pod.affinity?.podAntiAffinity;
  return [
    ...(rules?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(rules?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ];
};

/** Whether a rule selects the workload's own pods: otherwise it keeps none of them apart. */
const appliesTo =
  (workload: Workload) =>
  ({ labelSelector }: PodAffinityTerm): boolean =>
    labelSelector !== undefined && selects(labelSelector, workload.podLabels);

const WORKLOAD_CHECKS: readonly ManifestCheck<Workload>[] = [
  {
    name: 'missing-budget',
    finds: 'a replicated workload without a PodDisruptionBudget',
    source: 'kube-score',
    problems: (workload, inventory) =>
      when(
        isReplicated(workload, inventory) && budgetsOf(workload, inventory).length === 0,
        `up to ${maxReplicasOf(workload, inventory)} pods have no PodDisruptionBudget`,
      ),
    fix: 'add one with maxUnavailable 1, so that draining nodes takes one pod at a time',
  },
  {
    name: 'overlapping-budgets',
    finds: 'several PodDisruptionBudgets for one pod',
    source: 'tidewatch',
    problems: (workload, inventory) => {
      const names = budgetsOf(workload, inventory).map(({ name }) => name);
      return when(names.length > 1, `several PodDisruptionBudgets select its pods: ${names.join(', ')}`);
    },
    fix: 'keep one: with two the API server refuses every eviction',
  },
  {
    name: 'missing-anti-affinity',
    finds: 'a replicated workload without anti-affinity between its pods',
    source: 'kube-linter',
    problems: (workload, inventory) => {
      const isApart = antiAffinityOf(workload).some((term) => term.topologyKey === NODE && appliesTo(workload)(term));
      return when(
        isReplicated(workload, inventory) && !isApart,
        `no podAntiAffinity over ${NODE} selects its own pods`,
      );
    },
    fix: 'add one, so that the loss of a node takes one pod',
  },
  {
    name: 'missing-spread',
    finds: 'a replicated workload without a topology spread constraint',
    source: 'kube-score',
    problems: (workload, inventory) => {
      const isSpread = (workload.pod.topologySpreadConstraints ?? []).some(appliesTo(workload));
      return when(isReplicated(workload, inventory) && !isSpread, 'no topologySpreadConstraint selects its own pods');
    },
    fix: 'add one over zones or nodes',
  },
  {
    name: 'autoscaled-replicas',
    finds: 'a replica count on a workload that a HorizontalPodAutoscaler scales',
    source: 'kube-score',
    problems: (workload, inventory) => {
      const { replicas } = workload.spec;
      const isFixed = replicas !== undefined && autoscalerOf(workload, inventory) !== undefined;
      return when(isFixed, `replicas is ${valueText(replicas)} beside a HorizontalPodAutoscaler`);
    },
    fix: 'leave replicas out: each apply would undo what the autoscaler did',
  },
];

const BUDGET_CHECKS: readonly ManifestCheck<Resource>[] = [
  {
    name: 'dangling-budget',
    finds: 'a PodDisruptionBudget that selects no pod',
    source: 'tidewatch',
    problems: (budget, inventory) => {
      const text = selectorText(specOf<BudgetSpec>(budget).selector ?? {});
      return when(protectedBy(budget, inventory).length === 0, `its selector ${text} selects no pod`);
    },
    fix: 'select labels that the pods of a workload have',
  },
];

const AUTOSCALER_CHECKS: readonly ManifestCheck<Resource>[] = [
  {
    name: 'dangling-autoscaler',
    finds: 'a HorizontalPodAutoscaler for a workload that is not emitted',
    source: 'kube-linter',
    problems: (autoscaler, inventory) => {
      const { scaleTargetRef: target } = specOf<AutoscalerSpec>(autoscaler);
      const isDangling = scaledBy(autoscaler, inventory) === undefined;
      return when(isDangling, `${target?.kind} '${target?.name}' is not among the manifests`);
    },
    fix: 'name a workload of this stack, with its apiVersion',
  },
  {
    name: 'autoscaler-range',
    finds: 'a HorizontalPodAutoscaler without room to scale',
    source: 'tidewatch',
    problems: (autoscaler) => {
      const { minReplicas = 1, maxReplicas = 0 } = specOf<AutoscalerSpec>(autoscaler);
      return when(minReplicas >= maxReplicas, `minReplicas is ${minReplicas}, maxReplicas is ${maxReplicas}`);
    },
    fix: 'raise maxReplicas above minReplicas',
  },
];

/** What is replicated survives the loss of a node, and nodes can be drained. */
export const AVAILABILITY_CHECKS = [
  ...checksOf(({ workloads }) => workloads, WORKLOAD_CHECKS),
  ...checksOf((inventory) => ofKind(inventory, 'PodDisruptionBudget'), BUDGET_CHECKS),
  ...checksOf((inventory) => ofKind(inventory, 'HorizontalPodAutoscaler'), AUTOSCALER_CHECKS),
];
