export { podHosts, podNamesOf } from './access.ts';
export type { Autoscaling } from './autoscaler.ts';
export { CHECKSUM } from './checksum.ts';
export type { Storage } from './claim.ts';
export { Config, type ConfigProps } from './config.ts';
export { Exposure, type ExposureProps } from './exposure.ts';
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
} from './labels.ts';
export {
  type Allowance,
  ComponentPolicy,
  type ComponentPolicyProps,
  DefaultDeny,
  NAMESPACE_NAME_LABEL,
  type Place,
  type Selector,
  type TransportPort,
} from './network-policies.ts';
export type { PodProps, Port, Preparation } from './pod.ts';
export type { HttpProbe, Probes } from './probe.ts';
export type { Amounts, Resources } from './resources.ts';
export { RestrictedNamespace, type RestrictedNamespaceProps } from './restricted-namespace.ts';
export { Reader, type ReaderProps } from './role.ts';
export { ReplicatedServer, type ReplicatedServerProps, SingleServer, type SingleServerProps } from './server.ts';
export { StatefulServer, type StatefulServerProps } from './stateful-server.ts';
export {
  configMapFolder,
  configMapsFolder,
  configMapTree,
  type Mount,
  scratchFolder,
  secretFolder,
} from './volume.ts';
