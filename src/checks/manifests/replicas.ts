import { type Inventory, ofKind, podsOf, type Resource, specOf, type Workload } from './inventory.ts';
import type { LabelSelector } from './shapes.ts';

/** What a HorizontalPodAutoscaler says. */
export interface AutoscalerSpec {
  readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind: string; readonly name: string };
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** What a PodDisruptionBudget says. */
export interface BudgetSpec {
  readonly selector: LabelSelector;
  readonly minAvailable: number | string;
  readonly maxUnavailable: number | string;
  readonly unhealthyPodEvictionPolicy: string;
}

/** The workload that an autoscaler scales. */
export const scaledBy = (autoscaler: Resource, { workloads }: Inventory): Workload | undefined => {
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
export const autoscalerOf = (workload: Workload, inventory: Inventory): Resource | undefined =>
  ofKind(inventory, 'HorizontalPodAutoscaler').find((autoscaler) => scaledBy(autoscaler, inventory) === workload);

/** The workloads that a disruption budget protects. */
export const protectedBy = (budget: Resource, inventory: Inventory): readonly Workload[] =>
  podsOf(inventory, budget.namespace, specOf<BudgetSpec>(budget).selector ?? {});

const SCALABLE: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'ReplicaSet']);

/** The fewest and the most pods that a workload has at a time. */
export const replicasOf = (
  workload: Workload,
  inventory: Inventory,
): { readonly min: number; readonly max: number } => {
  const autoscaler = autoscalerOf(workload, inventory);
  if (autoscaler !== undefined) {
    const { minReplicas: min = 1, maxReplicas: max = min } = specOf<AutoscalerSpec>(autoscaler);
    return { min, max };
  }
  const replicas = workload.spec.replicas ?? 1;
  return { min: replicas, max: replicas };
};

/** Tells whether a workload may have several pods alike. */
export const isReplicated = (workload: Workload, inventory: Inventory): boolean =>
  SCALABLE.has(workload.kind) && replicasOf(workload, inventory).max > 1;
