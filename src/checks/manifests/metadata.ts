import { type Check, checksOf, got, when } from './check.ts';
import { isClusterScoped, ofKind, type Resource, type Workload } from './inventory.ts';
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

const CHECKS: readonly Check<Resource>[] = [
  {
    name: 'duplicate-object',
    problems: (resource, { byKind }) => {
      const first = byKind.get(resource.kind)?.find((other) => isSame(other, resource));
      return first === undefined || first === resource ? [] : [`it is also in ${first.file}, at ${first.path}`];
    },
    repair: 'rename one: the later one would overwrite the earlier one',
  },
  {
    name: 'missing-namespace',
    problems: ({ kind, namespace }) => when(!isClusterScoped(kind) && namespace === '', 'it has no namespace'),
    repair: 'name it: otherwise it lands wherever kubectl stands',
  },
  {
    name: 'needless-namespace',
    problems: ({ kind, object: { metadata } }) =>
      when(isClusterScoped(kind) && metadata?.namespace !== undefined, `its namespace is ${got(metadata?.namespace)}`),
    repair: 'leave it out: the object belongs to the whole cluster',
  },
  {
    name: 'missing-labels',
    problems: ({ kind, labels }) =>
      missingLabels(kind === 'Namespace' ? COMMON : NAMED, labels).map((label) => `it has no label ${label}`),
    repair: 'add it: by these labels everything of the stack is found',
  },
];

const POD_CHECKS: readonly Check<Workload>[] = [
  {
    name: 'missing-pod-labels',
    problems: ({ podLabels }) => missingLabels(NAMED, podLabels).map((label) => `its pods have no label ${label}`),
    repair: 'add it to the template',
  },
];

const NAMESPACE_CHECKS: readonly Check<Resource>[] = [
  {
    name: 'unrestricted-namespace',
    problems: ({ labels }) => when(labels[ENFORCE] !== 'restricted', `${ENFORCE} is ${got(labels[ENFORCE])}`),
    repair: 'set it to restricted',
  },
];

/** Who an object is: named once, in a namespace, found by its labels. */
export const metadataChecks = [
  checksOf(({ all }) => all, CHECKS),
  checksOf(({ workloads }) => workloads, POD_CHECKS),
  checksOf((inventory) => ofKind(inventory, 'Namespace'), NAMESPACE_CHECKS),
];
