import type { Check, CheckEntry } from '../check.ts';
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

/** What the checks cannot see in the objects. */
export interface ManifestContext {
  /** The names of the Secrets that the user creates. @default - any */
  readonly secrets?: readonly string[];
  /** The images that the configuration sets instead of ours. @default - none */
  readonly ownImages?: readonly string[];
  /** Who chooses the user and group ids of pods. @default 'fixed' */
  readonly podIdentity?: 'fixed' | 'platform';
}

/** A subject of checks, at the path where a person finds it. */
export interface Placed {
  readonly path: string;
}

/** An object with what all kinds have in common. */
export interface Resource extends Placed {
  readonly file: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  /** Empty for a cluster-scoped object. */
  readonly namespace: string;
  readonly labels: Labels;
  readonly object: KubernetesObject;
}

/** An object that creates pods. */
export interface Workload extends Resource {
  readonly spec: WorkloadSpec;
  readonly pod: PodSpec;
  readonly podLabels: Labels;
}

/** A container of a workload's pods. */
export interface PlacedContainer extends Placed {
  readonly container: Container;
  readonly workload: Workload;
}

/** All objects of the output, sorted for the checks. */
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

/** Whether objects of a kind are cluster-scoped. */
export const isClusterScoped = (kind: string): boolean => CLUSTER_SCOPED.has(kind);

/** A field of an object in the shape of its kind; the API server refuses other shapes. */
export const partOf = <S extends object>({ object }: Resource, key: string): Partial<S> =>
  (object[key] ?? {}) as Partial<S>;

/** The `spec` of an object in the shape of its kind. */
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

const containersOf = (workload: Workload): readonly PlacedContainer[] =>
  allContainers(workload.pod).map((container) => ({
    path: `${workload.path.slice(0, -1)}, container ${container.name})`,
    container,
    workload,
  }));

/** The label of a node by which rules of affinity tell nodes apart. */
export const NODE = 'kubernetes.io/hostname';

/** The objects of a kind. */
export const ofKind = ({ byKind }: Inventory, kind: string): readonly Resource[] => byKind.get(kind) ?? [];

/** The object of a kind and name in a namespace. */
export const named = (
  inventory: Inventory,
  kind: string,
  { namespace, name }: Pick<Resource, 'namespace' | 'name'>,
): Resource | undefined =>
  ofKind(inventory, kind).find((resource) => resource.name === name && resource.namespace === namespace);

/** The workloads of a namespace whose pods a selector matches. */
export const podsOf = ({ workloads }: Inventory, namespace: string, selector: LabelSelector): readonly Workload[] =>
  workloads.filter((workload) => workload.namespace === namespace && selects(selector, workload.podLabels));

/** The workloads of a namespace. */
export const workloadsIn = ({ workloads }: Inventory, namespace: string): readonly Workload[] =>
  workloads.filter((workload) => workload.namespace === namespace);

/** Every container of a pod. */
export const allContainers = ({ initContainers = [], containers = [] }: PodSpec): readonly Container[] => [
  ...initContainers,
  ...containers,
];

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

const holds = ({ key, operator, values = [] }: Expression, labels: Labels): boolean => {
  const value = labels[key];
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  const among = value !== undefined && values.includes(value);
  return operator === 'In' ? among : operator === 'NotIn' && !among;
};

/** Whether a selector matches labels; an empty one matches everything. */
export const selects = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
  matchExpressions.every((expression) => holds(expression, labels));

/** A selector as `kubectl --selector` reads it. */
export const selectorText = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string => {
  const parts = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(expressionText),
  ];
  return parts.length === 0 ? 'every pod' : parts.join(',');
};

const expressionText = ({ key, operator, values = [] }: Expression): string => {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
};

/** A check of each subject of a kind by itself. */
export interface ManifestCheck<S extends Placed> extends CheckEntry {
  /** What is wrong with a subject, once for each thing that is. */
  readonly problems: (subject: S, inventory: Inventory) => readonly string[];
  readonly fix: string;
}

/** Checks of each subject of a kind, as checks of the whole output. */
export const checksOf = <S extends Placed>(
  subjects: (inventory: Inventory) => readonly S[],
  checks: readonly ManifestCheck<S>[],
): readonly Check<Inventory>[] =>
  checks.map(({ problems, fix, ...entry }) => ({
    ...entry,
    run: (inventory) =>
      subjects(inventory).flatMap((subject) =>
        problems(subject, inventory).map((problem) => ({ path: subject.path, problem, fix })),
      ),
  }));

/** A problem, if there is one. */
export const when = (isWrong: boolean, problem: string): readonly string[] => (isWrong ? [problem] : []);

/** A value as a problem shows it. */
export const valueText = (value: unknown): string => (value === undefined ? 'unset' : JSON.stringify(value));
