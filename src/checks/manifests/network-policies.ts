import { opens, portsText } from './containers.ts';
import {
  allContainers,
  checksOf,
  type Inventory,
  type ManifestCheck,
  ofKind,
  podsOf,
  type Resource,
  selectorText,
  specOf,
  valueText,
  type Workload,
  when,
} from './inventory.ts';
import type { LabelSelector, PortReference } from './shapes.ts';

interface Peer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: object;
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port?: PortReference; readonly endPort?: number }[];
}

interface PolicySpec {
  readonly podSelector: LabelSelector;
  readonly policyTypes: readonly string[];
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

const DIRECTIONS = ['ingress', 'egress'] as const;

type Direction = (typeof DIRECTIONS)[number];

/** The label by which Kubernetes itself names a namespace. */
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

const targetsOf = (policy: Resource, inventory: Inventory): readonly Workload[] =>
  podsOf(inventory, policy.namespace, specOf<PolicySpec>(policy).podSelector ?? {});

/** Without `policyTypes` a policy always applies to ingress, and to egress if it has a rule for it. */
const appliesTo = (policy: Resource, direction: Direction): boolean => {
  const { policyTypes, egress } = specOf<PolicySpec>(policy);
  const types = policyTypes ?? (egress === undefined ? ['Ingress'] : ['Ingress', 'Egress']);
  return types.some((type) => type.toLowerCase() === direction);
};

const rulesOf = (policy: Resource, direction: Direction): readonly Rule[] =>
  specOf<PolicySpec>(policy)[direction] ?? [];

const peersOf = (rule: Rule, direction: Direction): readonly Peer[] =>
  (direction === 'ingress' ? rule.from : rule.to) ?? [];

/** The emitted namespace that a peer's pods are in; undefined for pods of other stacks and for addresses. */
const namespaceOf = ({ podSelector, namespaceSelector }: Peer, policy: Resource, inventory: Inventory) => {
  if (podSelector === undefined) return undefined;
  if (namespaceSelector === undefined) return policy.namespace;
  const name = namespaceSelector.matchLabels?.[NAMESPACE_NAME];
  return ofKind(inventory, 'Namespace').find((namespace) => namespace.name === name)?.name;
};

/** The workloads that a peer selects; undefined where they need not be among the manifests. */
const peerPods = (peer: Peer, policy: Resource, inventory: Inventory): readonly Workload[] | undefined => {
  const namespace = namespaceOf(peer, policy, inventory);
  return namespace === undefined ? undefined : podsOf(inventory, namespace, peer.podSelector ?? {});
};

/** Each rule of a policy with its direction. */
const eachRule = <T>(policy: Resource, look: (rule: Rule, direction: Direction) => readonly T[]): readonly T[] =>
  DIRECTIONS.flatMap((direction) => rulesOf(policy, direction).flatMap((rule) => look(rule, direction)));

const closedPorts = (rule: Rule, pods: readonly Workload[], direction: Direction): readonly string[] =>
  (rule.ports ?? []).flatMap(({ port, endPort }) => {
    if (port === undefined || endPort !== undefined) return [];
    return pods
      .filter(({ pod }) => !allContainers(pod).some((container) => opens(container, port)))
      .map(
        ({ pod, name }) => `${direction} names port ${valueText(port)}, ${name} opens ${portsText(allContainers(pod))}`,
      );
  });

const portProblems = (policy: Resource, inventory: Inventory): readonly string[] =>
  eachRule(policy, (rule, direction) => {
    if (direction === 'ingress') return closedPorts(rule, targetsOf(policy, inventory), direction);
    return peersOf(rule, direction).flatMap((peer) =>
      closedPorts(rule, peerPods(peer, policy, inventory) ?? [], direction),
    );
  });

const POLICY_CHECKS: readonly ManifestCheck<Resource>[] = [
  {
    name: 'dangling-network-policy',
    finds: 'a NetworkPolicy that selects no pod',
    source: 'kube-linter',
    problems: (policy, inventory) => {
      const text = selectorText(specOf<PolicySpec>(policy).podSelector ?? {});
      return when(targetsOf(policy, inventory).length === 0, `its selector ${text} selects no pod`);
    },
    fix: 'select labels that the pods of a workload have',
  },
  {
    name: 'network-policy-peer',
    finds: 'a NetworkPolicy rule with a peer that matches no pod',
    source: 'kube-linter',
    problems: (policy, inventory) =>
      eachRule(policy, (rule, direction) =>
        peersOf(rule, direction)
          .filter((peer) => peerPods(peer, policy, inventory)?.length === 0)
          .map(({ podSelector = {} }) => `${direction} names ${selectorText(podSelector)}, which no pod has`),
      ),
    fix: 'select labels that the pods of a workload have',
  },
  {
    name: 'network-policy-port',
    finds: 'a NetworkPolicy rule for a port that no container opens',
    source: 'tidewatch',
    problems: portProblems,
    fix: 'name the port of the pods, not that of their Service',
  },
  {
    name: 'open-network-policy',
    finds: 'a NetworkPolicy rule that allows every peer or every port',
    source: 'tidewatch',
    problems: (policy) =>
      eachRule(policy, (rule, direction) => [
        ...when(peersOf(rule, direction).length === 0, `a rule of ${direction} names no peer, which allows every peer`),
        ...when((rule.ports ?? []).length === 0, `a rule of ${direction} names no port, which allows every port`),
      ]),
    fix: 'name the peers and the ports',
  },
];

const isolation = (direction: Direction): ManifestCheck<Workload> => ({
  name: `unisolated-${direction}`,
  finds: `a pod whose ${direction} no NetworkPolicy restricts`,
  source: 'kube-linter',
  problems: (workload, inventory) => {
    const isIsolated = ofKind(inventory, 'NetworkPolicy').some(
      (policy) =>
        policy.namespace === workload.namespace &&
        appliesTo(policy, direction) &&
        podsOf({ ...inventory, workloads: [workload] }, policy.namespace, specOf<PolicySpec>(policy).podSelector ?? {})
          .length > 0,
    );
    return when(!isIsolated, `no NetworkPolicy restricts its ${direction}`);
  },
  fix: `add a policy with ${direction === 'ingress' ? 'Ingress' : 'Egress'} among its policyTypes`,
});

/** Every pod is isolated in both directions, and every policy names pods and ports that exist. */
export const NETWORK_POLICY_CHECKS = [
  ...checksOf((inventory) => ofKind(inventory, 'NetworkPolicy'), POLICY_CHECKS),
  ...checksOf(({ workloads }) => workloads, DIRECTIONS.map(isolation)),
];
