import { BlockList, isIPv4 } from 'node:net';
import type { Manifest } from '../components/sample.ts';

/** A pod as a network policy sees it. */
export interface Pod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Labels of its namespace beside its name. */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
}

/** One end of a connection: a pod, or an address outside of the pod network. */
export type End = Pod | { readonly address: string };

/** A connection that one end opens to a port of the other. */
export interface Connection {
  readonly from: End;
  readonly to: End;
  readonly port: number;
  readonly protocol?: 'TCP' | 'UDP';
}

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { key: string; operator: string; values: readonly string[] }[];
}

interface Peer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number; readonly protocol: string }[];
}

const selects = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Pod['labels']): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
  matchExpressions.every(({ key, operator, values }) => {
    if (operator !== 'In') throw new Error(`operator ${operator} is not evaluated here`);
    return values.includes(labels[key] ?? '');
  });

const contains = (cidr: string, address: string): boolean => {
  const [network = '', length] = cidr.split('/');
  if (isIPv4(network) !== isIPv4(address)) return false;
  const family = isIPv4(network) ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, Number(length), family);
  return list.check(address, family);
};

/** Whether one peer of a rule is the other end, seen from a policy of a namespace. */
const isPeer = ({ ipBlock, podSelector, namespaceSelector }: Peer, end: End, namespace: string): boolean => {
  if ('address' in end) {
    if (ipBlock === undefined) return false;
    const { cidr, except = [] } = ipBlock;
    return contains(cidr, end.address) && !except.some((range) => contains(range, end.address));
  }
  if (ipBlock !== undefined) return false;
  const namespaceLabels = { ...end.namespaceLabels, 'kubernetes.io/metadata.name': end.namespace };
  const there =
    namespaceSelector === undefined ? end.namespace === namespace : selects(namespaceSelector, namespaceLabels);
  return there && selects(podSelector ?? {}, end.labels);
};

const permits = (
  rule: Rule,
  { port, protocol = 'TCP' }: Connection,
  { other, direction, namespace }: { other: End; direction: 'from' | 'to'; namespace: string },
): boolean =>
  (rule.ports?.some((one) => one.port === port && one.protocol === protocol) ?? true) &&
  (rule[direction]?.some((peer) => isPeer(peer, other, namespace)) ?? true);

const isOpenAt = (
  policies: readonly Manifest[],
  connection: Connection,
  { type, self, other }: { type: 'Ingress' | 'Egress'; self: End; other: End },
): boolean => {
  if ('address' in self) return true;
  const selecting = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === self.namespace &&
      spec.policyTypes.includes(type) &&
      selects(spec.podSelector, self.labels),
  );
  if (selecting.length === 0) return true;
  const direction = type === 'Ingress' ? 'from' : 'to';
  return selecting.some(({ metadata, spec }) =>
    ((spec[type.toLowerCase()] ?? []) as readonly Rule[]).some((rule) =>
      permits(rule, connection, { other, direction, namespace: metadata.namespace ?? '' }),
    ),
  );
};

/**
 * Whether network policies let a connection through: the one that opens it may send it, and the one that takes it may
 * receive it.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
 */
export const isAllowed = (policies: readonly Manifest[], connection: Connection): boolean => {
  const { from, to } = connection;
  return (
    isOpenAt(policies, connection, { type: 'Egress', self: from, other: to }) &&
    isOpenAt(policies, connection, { type: 'Ingress', self: to, other: from })
  );
};
