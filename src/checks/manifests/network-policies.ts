import { type Check, checksOf, got, when } from './check.ts';
import { allContainers, type Inventory, ofKind, podsOf, type Resource, specOf, type Workload } from './inventory.ts';
import { opens, portsText } from './running.ts';
import { selectorText } from './selector.ts';
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

/** Without `policyTypes` a policy always rules ingress, and egress if it has a rule for it. */
const rules = (policy: Resource, direction: Direction): boolean => {
  const { policyTypes, egress } = specOf<PolicySpec>(policy);
  const types = policyTypes ?? (egress === undefined ? ['Ingress'] : ['Ingress', 'Egress']);
  return types.some((type) => type.toLowerCase() === direction);
};

const rulesOf = (policy: Resource, direction: Direction): readonly Rule[] =>
  specOf<PolicySpec>(policy)[direction] ?? [];

const peersOf = (rule: Rule, direction: Direction): readonly Peer[] =>
  (direction === 'ingress' ? rule.from : rule.to) ?? [];

/** The emitted namespace that a peer's pods are in; undefined for pods of others and for addresses. */
const namespaceOf = ({ podSelector, namespaceSelector }: Peer, policy: Resource, inventory: Inventory) => {
  if (podSelector === undefined) return undefined;
  if (namespaceSelector === undefined) return policy.namespace;
  const name = namespaceSelector.matchLabels?.[NAMESPACE_NAME];
  return ofKind(inventory, 'Namespace').find((namespace) => namespace.name === name)?.name;
};

/** The workloads that a peer names, where they should be among the manifests. */
const peerPods = (peer: Peer, policy: Resource, inventory: Inventory): readonly Workload[] | undefined => {
  const namespace = namespaceOf(peer, policy, inventory);
  return namespace === undefined ? undefined : podsOf(inventory, namespace, peer.podSelector ?? {});
};

/** Each rule of a policy with what it calls its direction. */
const eachRule = <T>(policy: Resource, look: (rule: Rule, direction: Direction) => readonly T[]): readonly T[] =>
  DIRECTIONS.flatMap((direction) => rulesOf(policy, direction).flatMap((rule) => look(rule, direction)));

const closedPorts = (rule: Rule, pods: readonly Workload[], direction: Direction): readonly string[] =>
  (rule.ports ?? []).flatMap(({ port, endPort }) => {
    if (port === undefined || endPort !== undefined) return [];
    return pods
      .filter(({ pod }) => !allContainers(pod).some((container) => opens(container, port)))
      .map(({ pod, name }) => `${direction} names port ${got(port)}, ${name} opens ${portsText(allContainers(pod))}`);
  });

const portProblems = (policy: Resource, inventory: Inventory): readonly string[] =>
  eachRule(policy, (rule, direction) => {
    if (direction === 'ingress') return closedPorts(rule, targetsOf(policy, inventory), direction);
    return peersOf(rule, direction).flatMap((peer) =>
      closedPorts(rule, peerPods(peer, policy, inventory) ?? [], direction),
    );
  });

const POLICY_CHECKS: readonly Check<Resource>[] = [
  {
    name: 'dangling-network-policy',
    problems: (policy, inventory) => {
      const text = selectorText(specOf<PolicySpec>(policy).podSelector ?? {});
      return when(targetsOf(policy, inventory).length === 0, `its selector ${text} chooses no pod`);
    },
    repair: 'select labels that the pods of a workload have',
  },
  {
    name: 'network-policy-peer',
    problems: (policy, inventory) =>
      eachRule(policy, (rule, direction) =>
        peersOf(rule, direction)
          .filter((peer) => peerPods(peer, policy, inventory)?.length === 0)
          .map(({ podSelector = {} }) => `${direction} names ${selectorText(podSelector)}, which no pod has`),
      ),
    repair: 'select labels that the pods of a workload have',
  },
  {
    name: 'network-policy-port',
    problems: portProblems,
    repair: 'name the port of the pods, not that of their Service',
  },
  {
    name: 'open-network-policy',
    problems: (policy) =>
      eachRule(policy, (rule, direction) => [
        ...when(peersOf(rule, direction).length === 0, `a rule of ${direction} names no peer, which means every one`),
        ...when((rule.ports ?? []).length === 0, `a rule of ${direction} names no port, which means every one`),
      ]),
    repair: 'name the peers and the ports',
  },
];

const isolation = (direction: Direction): Check<Workload> => ({
  name: `unisolated-${direction}`,
  problems: (workload, inventory) => {
    const isIsolated = ofKind(inventory, 'NetworkPolicy').some(
      (policy) =>
        policy.namespace === workload.namespace &&
        rules(policy, direction) &&
        podsOf({ ...inventory, workloads: [workload] }, policy.namespace, specOf<PolicySpec>(policy).podSelector ?? {})
          .length > 0,
    );
    return when(!isIsolated, `no NetworkPolicy rules its ${direction}`);
  },
  repair: `add a policy with ${direction === 'ingress' ? 'Ingress' : 'Egress'} among its policyTypes`,
});

/** Every pod is isolated both ways, and every policy speaks of pods and ports that there are. */
export const networkPolicyChecks = [
  checksOf((inventory) => ofKind(inventory, 'NetworkPolicy'), POLICY_CHECKS),
  checksOf(({ workloads }) => workloads, DIRECTIONS.map(isolation)),
];
