import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, type Labels, labels, PART_OF, PART_OF_LABEL, selectorLabels } from './labels.ts';

/** A port and its protocol. */
export interface TransportPort {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

/** A label selector. */
export interface Selector {
  readonly labels?: Labels;
  readonly oneOf?: Readonly<Record<string, readonly string[]>>;
}

/** Pods by their labels. */
export interface Pods {
  readonly pods: Selector;
  /** The namespaces of the pods. @default - the policy's own namespace */
  readonly namespaces?: Selector;
}

/** Addresses outside of the pod network. */
export interface Addresses {
  readonly cidr: string;
  /** Excluded ranges within it. @default - none */
  readonly except?: readonly string[];
}

/** A peer of a NetworkPolicy. */
export type Peer = Pods | Addresses;

/** Allowed peers and ports. */
export interface PolicyRule {
  readonly peers: readonly Peer[];
  readonly ports: readonly TransportPort[];
}

/** Properties of a component's NetworkPolicy. */
export interface ComponentPolicyProps extends Identity {
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
}

/** The label by which Kubernetes itself names a namespace. @see https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

const BOTH_WAYS = ['Ingress', 'Egress'];

/** Denies all traffic of every pod of the namespace, in both directions; other policies add what is allowed. */
export class DefaultDeny extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new k8s.KubeNetworkPolicy(this, 'Resource', {
      metadata: {
        name: 'default-deny',
        labels: {
          'app.kubernetes.io/name': PART_OF,
          [PART_OF_LABEL]: PART_OF,
          'app.kubernetes.io/managed-by': PART_OF,
        },
      },
      spec: { podSelector: {}, policyTypes: BOTH_WAYS },
    });
  }
}

/** What a component's pods may receive and send; replies on allowed connections are always allowed. */
export class ComponentPolicy extends Construct {
  constructor(scope: Construct, id: string, { ingress, egress, ...identity }: ComponentPolicyProps) {
    super(scope, id);
    new k8s.KubeNetworkPolicy(this, 'Resource', {
      metadata: { name: identity.name, labels: labels(identity) },
      spec: {
        podSelector: { matchLabels: selectorLabels(identity) },
        policyTypes: BOTH_WAYS,
        // An empty list means the same as none, but is a change at each apply, because the API server does not store it.
        ...(ingress.length === 0
          ? {}
          : {
              ingress: ingress.map(({ peers, ports }) => ({
                from: peers.map(policyPeer),
                ports: ports.map(policyPort),
              })),
            }),
        ...(egress.length === 0
          ? {}
          : {
              egress: egress.map(({ peers, ports }) => ({ to: peers.map(policyPeer), ports: ports.map(policyPort) })),
            }),
      },
    });
  }
}

const policyPort = ({ port, protocol }: TransportPort): k8s.NetworkPolicyPort => ({
  port: k8s.IntOrString.fromNumber(port),
  protocol,
});

const policyPeer = (peer: Peer): k8s.NetworkPolicyPeer =>
  'cidr' in peer
    ? { ipBlock: { cidr: peer.cidr, ...(peer.except?.length ? { except: [...peer.except] } : {}) } }
    : {
        podSelector: labelSelector(peer.pods),
        ...(peer.namespaces === undefined ? {} : { namespaceSelector: labelSelector(peer.namespaces) }),
      };

const labelSelector = ({ labels: equal = {}, oneOf = {} }: Selector): k8s.LabelSelector => ({
  ...(Object.keys(equal).length === 0 ? {} : { matchLabels: { ...equal } }),
  ...(Object.keys(oneOf).length === 0
    ? {}
    : {
        matchExpressions: Object.entries(oneOf).map(([key, values]) => ({ key, operator: 'In', values: [...values] })),
      }),
});
