import {
  checksOf,
  type Inventory,
  isClusterScoped,
  type ManifestCheck,
  named,
  ofKind,
  podsOf,
  type Resource,
  specOf,
  valueText,
  type Workload,
  when,
} from './inventory.ts';
import { backendsOf, type ServiceSpec } from './services.ts';
import type { Labels } from './shapes.ts';

const COMMON = ['app.kubernetes.io/part-of', 'app.kubernetes.io/managed-by'];
const NAMED = ['app.kubernetes.io/name', ...COMMON];

const ENFORCE = 'pod-security.kubernetes.io/enforce';

const missingLabels = (wanted: readonly string[], labels: Labels): readonly string[] =>
  wanted.filter((label) => labels[label] === undefined);

const groupOf = ({ apiVersion }: Resource): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';

const isSame = (one: Resource, other: Resource): boolean =>
  one.kind === other.kind &&
  one.name === other.name &&
  one.namespace === other.namespace &&
  groupOf(one) === groupOf(other);

const ANY_KIND_CHECKS: readonly ManifestCheck<Resource>[] = [
  {
    name: 'duplicate-object',
    finds: 'two objects of one kind, name and namespace',
    source: 'tidewatch',
    problems: (resource, { byKind }) => {
      const first = byKind.get(resource.kind)?.find((other) => isSame(other, resource));
      return first === undefined || first === resource ? [] : [`it is also in ${first.file}, at ${first.path}`];
    },
    fix: 'rename one: the later one would overwrite the earlier one',
  },
  {
    name: 'missing-namespace',
    finds: 'a namespaced object without a namespace',
    source: 'tidewatch',
    problems: ({ kind, namespace }) => when(!isClusterScoped(kind) && namespace === '', 'it has no namespace'),
    fix: "set it: otherwise it lands in the namespace of kubectl's current context",
  },
  {
    name: 'needless-namespace',
    finds: 'a namespace on a cluster-scoped object',
    source: 'tidewatch',
    problems: ({ kind, object: { metadata } }) =>
      when(
        isClusterScoped(kind) && metadata?.namespace !== undefined,
        `its namespace is ${valueText(metadata?.namespace)}`,
      ),
    fix: 'leave it out: the object is cluster-scoped',
  },
  {
    name: 'missing-labels',
    finds: 'an object without the recommended labels that say what it is part of',
    source: 'tidewatch',
    problems: ({ kind, labels }) =>
      missingLabels(kind === 'Namespace' ? COMMON : NAMED, labels).map((label) => `it has no label ${label}`),
    fix: 'add it: everything in the stack is found by these labels',
  },
];

const NAMESPACE_CHECKS: readonly ManifestCheck<Resource>[] = [
  {
    name: 'unrestricted-namespace',
    finds: 'a namespace that does not enforce the Pod Security profile restricted',
    source: 'pod-security',
    problems: ({ labels }) => when(labels[ENFORCE] !== 'restricted', `${ENFORCE} is ${valueText(labels[ENFORCE])}`),
    fix: 'set it to restricted',
  },
];

const WITH_SELECTORS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

const othersSelected = (workload: Workload, inventory: Inventory): readonly Workload[] => {
  const { kind, namespace, spec } = workload;
  if (!WITH_SELECTORS.has(kind) || spec.selector === undefined) return [];
  return podsOf(inventory, namespace, spec.selector).filter((other) => other !== workload);
};

const serviceProblems = (workload: Workload, inventory: Inventory): readonly string[] => {
  if (workload.kind !== 'StatefulSet') return [];
  const { serviceName: name = '' } = workload.spec;
  if (name === '') return ['it has no serviceName'];
  const service = named(inventory, 'Service', { ...workload, name });
  if (service === undefined) return [`Service '${name}' is not among the manifests`];
  const { clusterIP } = specOf<ServiceSpec>(service);
  return [
    ...when(clusterIP !== 'None', `Service '${name}' has clusterIP ${valueText(clusterIP)}`),
    ...when(!backendsOf(service, inventory).includes(workload), `Service '${name}' does not select its pods`),
  ];
};

const WORKLOAD_CHECKS: readonly ManifestCheck<Workload>[] = [
  {
    name: 'overlapping-selectors',
    finds: 'a workload whose selector also matches the pods of another',
    source: 'tidewatch',
    problems: (workload, inventory) =>
      othersSelected(workload, inventory).map(({ kind, name }) => `it selects the pods of ${kind} ${name} as well`),
    fix: 'select by a label that differs, such as app.kubernetes.io/name',
  },
  {
    name: 'stateful-service',
    finds: 'a StatefulSet without a headless Service that selects its pods',
    source: 'kube-score',
    problems: serviceProblems,
    fix: 'name a headless Service (clusterIP None) that selects these pods: it gives each its DNS name',
  },
  {
    name: 'endless-job',
    finds: 'a Job that is kept forever once it has finished',
    source: 'kube-linter',
    problems: ({ kind, spec }) =>
      when(kind === 'Job' && spec.ttlSecondsAfterFinished === undefined, 'ttlSecondsAfterFinished is unset'),
    fix: 'set it, so that finished Jobs are deleted',
  },
];

/** Every object is unique, in a namespace and labelled, and a workload selects its own pods alone. */
export const OBJECT_CHECKS = [
  ...checksOf(({ all }) => all, ANY_KIND_CHECKS),
  ...checksOf((inventory) => ofKind(inventory, 'Namespace'), NAMESPACE_CHECKS),
  ...checksOf(({ workloads }) => workloads, WORKLOAD_CHECKS),
];
