import {
  allContainers,
  checksOf,
  type Inventory,
  type ManifestCheck,
  NODE,
  named,
  ofKind,
  partOf,
  type Resource,
  selects,
  specOf,
  valueText,
  type Workload,
  when,
  workloadsIn,
} from './inventory.ts';
import type { Container, KeyReference, PodSpec, ProjectedSource, Volume } from './shapes.ts';

/** A ConfigMap or Secret that a pod refers to by name, and the keys that it reads. */
interface Reference {
  readonly name: string;
  readonly keys: readonly string[];
  /** Whether the pod starts without it. */
  readonly optional: boolean;
}

const reference = (name = '', optional = false, keys: readonly string[] = []): Reference => ({ name, keys, optional });

const ofKey = ({ name, key, optional }: KeyReference): Reference => reference(name, optional, [key]);

const projectedOf = ({ projected }: Volume): readonly ProjectedSource[] => projected?.sources ?? [];

const subPathsOf = (pod: PodSpec, volume: string): readonly string[] =>
  allContainers(pod).flatMap(({ volumeMounts = [] }) =>
    volumeMounts.flatMap(({ name, subPath }) => (name === volume && subPath !== undefined ? [subPath] : [])),
  );

const configMapsOfVolume = (volume: Volume, pod: PodSpec): readonly Reference[] =>
  [volume, ...projectedOf(volume)].flatMap(({ configMap }) => {
    if (configMap === undefined) return [];
    const { name, optional, items } = configMap;
    // With `items` a subPath is the path of an item, not a key.
    return [reference(name, optional, items?.map(({ key }) => key) ?? subPathsOf(pod, volume.name))];
  });

const configMapsOfContainer = ({ env = [], envFrom = [] }: Container): readonly Reference[] => [
  ...env.flatMap(({ valueFrom }) => (valueFrom?.configMapKeyRef ? [ofKey(valueFrom.configMapKeyRef)] : [])),
  ...envFrom.flatMap(({ configMapRef }) =>
    configMapRef === undefined ? [] : [reference(configMapRef.name, configMapRef.optional)],
  ),
];

/** The ConfigMaps that a pod refers to. */
const configMapsOf = ({ pod }: Workload): readonly Reference[] => [
  ...(pod.volumes ?? []).flatMap((volume) => configMapsOfVolume(volume, pod)),
  ...allContainers(pod).flatMap(configMapsOfContainer),
];

const secretsOfVolume = (volume: Volume): readonly Reference[] => [
  ...(volume.secret === undefined ? [] : [reference(volume.secret.secretName, volume.secret.optional)]),
  ...projectedOf(volume).flatMap(({ secret }) =>
    secret === undefined ? [] : [reference(secret.name, secret.optional)],
  ),
];

const secretsOfContainer = ({ env = [], envFrom = [] }: Container): readonly Reference[] => [
  ...env.flatMap(({ valueFrom }) => (valueFrom?.secretKeyRef ? [ofKey(valueFrom.secretKeyRef)] : [])),
  ...envFrom.flatMap(({ secretRef }) =>
    secretRef === undefined ? [] : [reference(secretRef.name, secretRef.optional)],
  ),
];

/** The Secrets that a pod refers to. */
const secretsOf = ({ pod }: Workload): readonly Reference[] => [
  ...(pod.volumes ?? []).flatMap(secretsOfVolume),
  ...allContainers(pod).flatMap(secretsOfContainer),
  ...(pod.imagePullSecrets ?? []).map(({ name }) => reference(name)),
];

/** The names of the claims that a pod mounts; those of a StatefulSet's templates are not among them. */
const claimsOf = ({ pod }: Workload): readonly string[] =>
  (pod.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);

/** The names under which a pod's containers can mount something. */
const volumesOf = ({ pod, spec }: Workload): readonly string[] => [
  ...(pod.volumes ?? []).map(({ name }) => name),
  ...(spec.volumeClaimTemplates ?? []).flatMap(({ metadata }) => metadata?.name ?? []),
];

const mountsOf = ({ pod }: Workload): readonly string[] =>
  allContainers(pod).flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));

const required = (references: readonly Reference[]): readonly Reference[] =>
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

/** Whether one node alone can mount a volume, so that a second pod may never start. */
const isForOneNode = (claim: Resource): boolean =>
  !(specOf<{ accessModes: readonly string[] }>(claim).accessModes ?? []).includes('ReadWriteMany');

/** Whether every pod of a workload must run on the node of the others. */
const staysOnOneNode = ({ pod, podLabels }: Workload): boolean =>
  (pod.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(
    ({ topologyKey, labelSelector }) =>
      topologyKey === NODE && labelSelector !== undefined && selects(labelSelector, podLabels),
  );

const sharedClaimProblems = (workload: Workload, inventory: Inventory): readonly string[] => {
  const { kind, spec, namespace } = workload;
  if (kind !== 'Deployment') return [];
  const isAlone = (spec.replicas ?? 1) <= 1 && spec.strategy?.type === 'Recreate';
  if (isAlone || staysOnOneNode(workload)) return [];
  return claimsOf(workload).flatMap((name) => {
    const claim = named(inventory, 'PersistentVolumeClaim', { namespace, name });
    const how = `${spec.replicas ?? 1} replicas and strategy ${valueText(spec.strategy?.type)}`;
    return when(claim !== undefined && isForOneNode(claim), `claim '${name}' is for one node and mounted with ${how}`);
  });
};

const POD_CHECKS: readonly ManifestCheck<Workload>[] = [
  {
    name: 'unknown-volume',
    finds: 'a mount of a volume that the pod does not declare',
    source: 'tidewatch',
    problems: (workload) =>
      mountsOf(workload)
        .filter((name) => !volumesOf(workload).includes(name))
        .map((name) => `a container mounts volume '${name}', which the pod does not have`),
    fix: 'declare the volume, or remove the mount',
  },
  {
    name: 'unknown-config-map',
    finds: 'a reference to a ConfigMap that is not emitted',
    source: 'tidewatch',
    problems: (workload, inventory) =>
      required(configMapsOf(workload))
        .filter(({ name }) => named(inventory, 'ConfigMap', { ...workload, name }) === undefined)
        .map(({ name }) => `ConfigMap '${name}' is not among the manifests`),
    fix: 'emit it, or correct the name: the pod would never start',
  },
  {
    name: 'unknown-config-key',
    finds: 'a reference to a key that its ConfigMap does not have',
    source: 'tidewatch',
    problems: (workload, inventory) =>
      required(configMapsOf(workload)).flatMap((reference) =>
        missingKeys(reference, named(inventory, 'ConfigMap', { ...workload, name: reference.name })),
      ),
    fix: 'correct the key, or add it to the ConfigMap',
  },
  {
    name: 'unknown-secret',
    finds: 'a reference to a Secret that the user is not asked to create',
    source: 'tidewatch',
    problems: (workload, { context: { secrets } }) =>
      secrets === undefined
        ? []
        : required(secretsOf(workload))
            .filter(({ name }) => !secrets.includes(name))
            .map(({ name }) => `Secret '${name}' is not among those that the user is asked to create`),
    fix: 'correct the name, or add it to the Secrets that the user is asked to create',
  },
  {
    name: 'unknown-claim',
    finds: 'a reference to a PersistentVolumeClaim that is not emitted',
    source: 'tidewatch',
    problems: (workload, inventory) =>
      claimsOf(workload)
        .filter((name) => named(inventory, 'PersistentVolumeClaim', { ...workload, name }) === undefined)
        .map((name) => `PersistentVolumeClaim '${name}' is not among the manifests`),
    fix: 'emit it, or correct the name',
  },
  {
    name: 'shared-claim',
    finds: 'a Deployment that rolls out, or has several pods, on a volume that one node can mount',
    source: 'tidewatch',
    problems: sharedClaimProblems,
    fix: 'use one replica and the strategy Recreate, a required podAffinity to its own node, or a StatefulSet: the new pod would wait for the old one forever',
  },
];

const isUnused = (names: (workload: Workload) => readonly string[]) => (resource: Resource, inventory: Inventory) =>
  when(
    !workloadsIn(inventory, resource.namespace).some((workload) => names(workload).includes(resource.name)),
    'no pod uses it',
  );

const UNUSED = 'remove it, or mount it';

const CONFIG_MAP_CHECKS: readonly ManifestCheck<Resource>[] = [
  {
    name: 'unused-config-map',
    finds: 'a ConfigMap that no pod uses',
    source: 'tidewatch',
    problems: isUnused((workload) => configMapsOf(workload).map(({ name }) => name)),
    fix: UNUSED,
  },
];

const CLAIM_CHECKS: readonly ManifestCheck<Resource>[] = [
  {
    name: 'unused-claim',
    finds: 'a PersistentVolumeClaim that no pod uses',
    source: 'tidewatch',
    problems: isUnused(claimsOf),
    fix: UNUSED,
  },
];

/** What pods refer to exists, and what exists is used. */
export const VOLUME_CHECKS = [
  ...checksOf(({ workloads }) => workloads, POD_CHECKS),
  ...checksOf((inventory) => ofKind(inventory, 'ConfigMap'), CONFIG_MAP_CHECKS),
  ...checksOf((inventory) => ofKind(inventory, 'PersistentVolumeClaim'), CLAIM_CHECKS),
];
