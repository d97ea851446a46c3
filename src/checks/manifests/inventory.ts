import { selects } from './selector.ts';
import type {
  Container,
  KubernetesObject,
  LabelSelector,
  Labels,
  PodSpec,
  PodTemplate,
  WorkloadSpec,
} from './shapes.ts';

/** An object of the output, and where it comes from. */
export interface ManifestObject {
  /** The path of its construct. */
  readonly path: string;
  /** The file that carries it. */
  readonly file: string;
  readonly object: KubernetesObject;
}

/** What the checks must know that the objects do not say. */
export interface ManifestContext {
  /** Names of the Secrets that the user brings. @default - any */
  readonly secrets?: readonly string[];
  /** Images that the configuration chose instead of ours. @default - none */
  readonly ownImages?: readonly string[];
}

/** Something that is checked, at the place where a person finds it. */
export interface Placed {
  readonly path: string;
}

/** An object with what all kinds have in common. */
export interface Resource extends Placed {
  readonly file: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  /** Empty for what belongs to the whole cluster. */
  readonly namespace: string;
  readonly labels: Labels;
  readonly object: KubernetesObject;
}

/** An object that makes pods. */
export interface Workload extends Resource {
  readonly spec: WorkloadSpec;
  readonly pod: PodSpec;
  readonly podLabels: Labels;
}

/** A container of a workload's pods. */
export interface PlacedContainer extends Placed {
  readonly container: Container;
  readonly workload: Workload;
  /** `init` runs to its end before the others start. */
  readonly role: 'init' | 'running';
}

/** All objects of the output, in the order that the checks ask for them. */
export interface Inventory {
  readonly all: readonly Resource[];
  readonly workloads: readonly Workload[];
  readonly containers: readonly PlacedContainer[];
  readonly context: ManifestContext;
  readonly byKind: ReadonlyMap<string, readonly Resource[]>;
}

const WORKLOADS: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
  'Pod',
]);

const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'PersistentVolume',
  'StorageClass',
  'PriorityClass',
  'IngressClass',
  'GatewayClass',
  'APIService',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);

/** Tells whether objects of a kind belong to no namespace. */
export const isClusterScoped = (kind: string): boolean => CLUSTER_SCOPED.has(kind);

/** Part of an object as its kind shapes it; the API server refuses other shapes. */
export const partOf = <S extends object>({ object }: Resource, key: string): Partial<S> =>
  (object[key] ?? {}) as Partial<S>;

/** The `spec` of an object as its kind shapes it. */
export const specOf = <S extends object>(resource: Resource): Partial<S> => partOf<S>(resource, 'spec');

/** Sorts the objects of the output for the checks. */
export const inventoryOf = (objects: readonly ManifestObject[], context: ManifestContext): Inventory => {
  const all = objects.map(resourceOf);
  const workloads = all.filter(({ kind }) => WORKLOADS.has(kind)).map(workloadOf);
  return {
    all,
    workloads,
    containers: workloads.flatMap(containersOf),
    context,
    byKind: Map.groupBy(all, ({ kind }) => kind),
  };
};

const resourceOf = ({ path, file, object }: ManifestObject): Resource => {
  const { apiVersion = '', kind = '', metadata: { name = '', namespace = '', labels = {} } = {} } = object;
  const place = { path: `${path} (${kind} ${name})`, file, namespace: isClusterScoped(kind) ? '' : namespace };
  return { ...place, kind, apiVersion, name, labels, object };
};

const templateOf = (resource: Resource, spec: WorkloadSpec): PodTemplate => {
  if (resource.kind === 'Pod') return { metadata: { labels: resource.labels }, spec };
  return spec.jobTemplate?.spec?.template ?? spec.template ?? {};
};

const workloadOf = (resource: Resource): Workload => {
  const spec = specOf<WorkloadSpec>(resource);
  const template = templateOf(resource, spec);
  return { ...resource, spec, pod: template.spec ?? {}, podLabels: template.metadata?.labels ?? {} };
};

const containersOf = (workload: Workload): readonly PlacedContainer[] => {
  const { initContainers = [], containers = [] } = workload.pod;
  const placed = (role: PlacedContainer['role']) => (container: Container) => ({
    path: `${workload.path.slice(0, -1)}, container ${container.name})`,
    container,
    workload,
    role: container.restartPolicy === 'Always' ? 'running' : role,
  });
  return [...initContainers.map(placed('init')), ...containers.map(placed('running'))];
};

/** The objects of a kind. */
export const ofKind = ({ byKind }: Inventory, kind: string): readonly Resource[] => byKind.get(kind) ?? [];

/** The object of a kind and name in a namespace. */
export const named = (
  inventory: Inventory,
  kind: string,
  { namespace, name }: Pick<Resource, 'namespace' | 'name'>,
): Resource | undefined =>
  ofKind(inventory, kind).find((resource) => resource.name === name && resource.namespace === namespace);

/** The workloads of a namespace whose pods a selector chooses. */
export const podsOf = ({ workloads }: Inventory, namespace: string, selector: LabelSelector): readonly Workload[] =>
  workloads.filter((workload) => workload.namespace === namespace && selects(selector, workload.podLabels));

/** Every container of a pod. */
export const allContainers = ({ initContainers = [], containers = [] }: PodSpec): readonly Container[] => [
  ...initContainers,
  ...containers,
];
