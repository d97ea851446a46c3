import { allContainers, type Inventory, type Workload } from './inventory.ts';
import type { Container, KeyReference, PodSpec, ProjectedSource, Volume } from './shapes.ts';

/** An object that a pod asks for by name, and the keys that it wants of it. */
export interface Reference {
  readonly name: string;
  readonly keys: readonly string[];
  /** Whether the pod also starts without it. */
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
    // With `items` a path below the volume is an item's, which the keys tell nothing about.
    return [reference(name, optional, items?.map(({ key }) => key) ?? subPathsOf(pod, volume.name))];
  });

const configMapsOfContainer = ({ env = [], envFrom = [] }: Container): readonly Reference[] => [
  ...env.flatMap(({ valueFrom }) => (valueFrom?.configMapKeyRef ? [ofKey(valueFrom.configMapKeyRef)] : [])),
  ...envFrom.flatMap(({ configMapRef }) =>
    configMapRef === undefined ? [] : [reference(configMapRef.name, configMapRef.optional)],
  ),
];

/** The ConfigMaps that a pod asks for. */
export const configMapsOf = ({ pod }: Workload): readonly Reference[] => [
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

/** The Secrets that a pod asks for. */
export const secretsOf = ({ pod }: Workload): readonly Reference[] => [
  ...(pod.volumes ?? []).flatMap(secretsOfVolume),
  ...allContainers(pod).flatMap(secretsOfContainer),
  ...(pod.imagePullSecrets ?? []).map(({ name }) => reference(name)),
];

/** The names of the claims that a pod mounts; those that a StatefulSet makes itself are not among them. */
export const claimsOf = ({ pod }: Workload): readonly string[] =>
  (pod.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);

/** The names under which a pod's containers can mount something. */
export const volumesOf = ({ pod, spec }: Workload): readonly string[] => [
  ...(pod.volumes ?? []).map(({ name }) => name),
  ...(spec.volumeClaimTemplates ?? []).flatMap(({ metadata }) => metadata?.name ?? []),
];

/** The workloads of a namespace. */
export const workloadsIn = ({ workloads }: Inventory, namespace: string): readonly Workload[] =>
  workloads.filter((workload) => workload.namespace === namespace);
