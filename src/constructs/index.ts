export type { Autoscaling } from './autoscaler.ts';
export { CHECKSUM } from './checksum.ts';
export type { Storage } from './claim.ts';
export { Exposure, type ExposureProps } from './exposure.ts';
export { FilesConfigMap, type FilesConfigMapProps } from './files-config-map.ts';
export { ClusterGrants, type ClusterGrantsProps, type Grant, Grants, type GrantsProps } from './grants.ts';
export {
  type Identity,
  labels,
  NAME_LABEL,
  PART_OF,
  PART_OF_LABEL,
  REPLICATED_LABEL,
  replicatedLabels,
  selectorLabels,
  type VersionedIdentity,
} from './labels.ts';
export {
  type Addresses,
  ComponentPolicy,
  type ComponentPolicyProps,
  DefaultDeny,
  NAMESPACE_NAME_LABEL,
  type Peer,
  type PolicyRule,
  type Selector,
  type TransportPort,
} from './network-policies.ts';
export type { InitContainer, PodProps, Port } from './pod.ts';
export type { HttpProbe, Probes } from './probe.ts';
export type { Amounts, Resources } from './resources.ts';
export { RestrictedNamespace, type RestrictedNamespaceProps } from './restricted-namespace.ts';
export type { PodIdentity } from './security.ts';
export { ReplicatedServer, type ReplicatedServerProps, SingleServer, type SingleServerProps } from './server.ts';
export { headlessServiceOf, podHosts, type ServiceWithAccountProps } from './service.ts';
export { StatefulServer, type StatefulServerProps } from './stateful-server.ts';
export {
  configMapItems,
  configMapVolume,
  emptyDirVolume,
  type Mount,
  projectedConfigMaps,
  secretVolume,
} from './volume.ts';
