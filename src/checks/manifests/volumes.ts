import { type Check, checksOf, got, when } from './check.ts';
import {
  allContainers,
  type Inventory,
  named,
  ofKind,
  partOf,
  type Resource,
  specOf,
  type Workload,
} from './inventory.ts';
import { claimsOf, configMapsOf, type Reference, secretsOf, volumesOf, workloadsIn } from './references.ts';

const mountsOf = ({ pod }: Workload): readonly string[] =>
  allContainers(pod).flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));

const wanted = (references: readonly Reference[]): readonly Reference[] =>
  references.filter(({ optional }) => !optional);

const keysOf = (configMap: Resource): readonly string[] => [
  ...Object.keys(partOf(configMap, 'data')),
  ...Object.keys(partOf(configMap, 'binaryData')),
];

const missingKeys = ({ name, keys }: Reference, configMap: Resource | undefined): readonly string[] => {
  if (configMap === undefined) return [];
  const known = keysOf(configMap);
  return keys.filter((key) => !known.includes(key)).map((key) => `ConfigMap '${name}' has no key '${key}'`);
};

/** Whether a volume is for one node, so that a second pod may never start. */
const isForOneNode = (claim: Resource): boolean =>
  !(specOf<{ accessModes: readonly string[] }>(claim).accessModes ?? []).includes('ReadWriteMany');

const sharedClaimProblems = (workload: Workload, inventory: Inventory): readonly string[] => {
  const { kind, spec, namespace } = workload;
  if (kind !== 'Deployment') return [];
  const isAlone = (spec.replicas ?? 1) <= 1 && spec.strategy?.type === 'Recreate';
  if (isAlone) return [];
  return claimsOf(workload).flatMap((name) => {
    const claim = named(inventory, 'PersistentVolumeClaim', { namespace, name });
    const how = `${spec.replicas ?? 1} replicas and strategy ${got(spec.strategy?.type)}`;
    return when(claim !== undefined && isForOneNode(claim), `claim '${name}' of one node is mounted with ${how}`);
  });
};

const POD_CHECKS: readonly Check<Workload>[] = [
  {
    name: 'unknown-volume',
    problems: (workload) =>
      mountsOf(workload)
        .filter((name) => !volumesOf(workload).includes(name))
        .map((name) => `a container mounts volume '${name}', which the pod has not`),
    repair: 'declare the volume, or remove the mount',
  },
  {
    name: 'unused-volume',
    problems: (workload) =>
      volumesOf(workload)
        .filter((name) => !mountsOf(workload).includes(name))
        .map((name) => `no container mounts volume '${name}'`),
    repair: 'mount it, or remove it',
  },
  {
    name: 'unknown-config-map',
    problems: (workload, inventory) =>
      wanted(configMapsOf(workload))
        .filter(({ name }) => named(inventory, 'ConfigMap', { ...workload, name }) === undefined)
        .map(({ name }) => `ConfigMap '${name}' is not among the manifests`),
    repair: 'emit it, or correct the name: the pod would never start',
  },
  {
    name: 'unknown-config-key',
    problems: (workload, inventory) =>
      wanted(configMapsOf(workload)).flatMap((reference) =>
        missingKeys(reference, named(inventory, 'ConfigMap', { ...workload, name: reference.name })),
      ),
    repair: 'correct the key, or add it to the ConfigMap',
  },
  {
    name: 'unknown-secret',
    problems: (workload, { context: { secrets } }) =>
      secrets === undefined
        ? []
        : wanted(secretsOf(workload))
            .filter(({ name }) => !secrets.includes(name))
            .map(({ name }) => `Secret '${name}' is not among those that the user is told to bring`),
    repair: 'correct the name, or name it to the user',
  },
  {
    name: 'unknown-claim',
    problems: (workload, inventory) =>
      claimsOf(workload)
        .filter((name) => named(inventory, 'PersistentVolumeClaim', { ...workload, name }) === undefined)
        .map((name) => `PersistentVolumeClaim '${name}' is not among the manifests`),
    repair: 'emit it, or correct the name',
  },
  {
    name: 'shared-claim',
    problems: sharedClaimProblems,
    repair:
      'use one replica and the strategy Recreate, or a StatefulSet: the new pod would wait for the old one forever',
  },
];

const isUnused = (names: (workload: Workload) => readonly string[]) => (resource: Resource, inventory: Inventory) =>
  when(
    !workloadsIn(inventory, resource.namespace).some((workload) => names(workload).includes(resource.name)),
    'no pod mounts it',
  );

const UNUSED = 'remove it, or mount it';

const CONFIG_MAP_CHECKS: readonly Check<Resource>[] = [
  {
    name: 'unused-config-map',
    problems: isUnused((workload) => configMapsOf(workload).map(({ name }) => name)),
    repair: UNUSED,
  },
];

const CLAIM_CHECKS: readonly Check<Resource>[] = [
  { name: 'unused-claim', problems: isUnused(claimsOf), repair: UNUSED },
];

/** What pods mount is there, and what is there is mounted. */
export const volumeChecks = [
  checksOf(({ workloads }) => workloads, POD_CHECKS),
  checksOf((inventory) => ofKind(inventory, 'ConfigMap'), CONFIG_MAP_CHECKS),
  checksOf((inventory) => ofKind(inventory, 'PersistentVolumeClaim'), CLAIM_CHECKS),
];
