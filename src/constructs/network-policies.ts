import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, type Labels, labels, PART_OF, PART_OF_LABEL, selectorLabels } from './labels.ts';

/** A port as the network sees it. */
export interface TransportPort {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

/** What has labels that are equal, or one of several. */
export interface Selector {
  readonly labels?: Labels;
  readonly oneOf?: Readonly<Record<string, readonly string[]>>;
}

/** Pods that labels choose. */
export interface Pods {
  readonly pods: Selector;
  /** The namespaces of the pods. @default - the policy's own namespace */
  readonly namespaces?: Selector;
}

/** Addresses outside of the pod network. */
export interface Addresses {
  readonly cidr: string;
  /** Ranges within it that are left out. @default - none */
  readonly except?: readonly string[];
}

/** One end of a connection, as a policy names it. */
export type Peer = Pods | Addresses;

/** Who may be talked to, and on which ports. */
export interface PolicyRule {
  readonly peers: readonly Peer[];
  readonly ports: readonly TransportPort[];
}

/** Properties of what a component's pods may receive and send. */
export interface ComponentPolicyProps extends Identity {
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
}

/** The label by which Kubernetes itself names a namespace. @see https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

const BOTH_WAYS = ['Ingress', 'Egress'];

/** Takes every connection from every pod of the namespace, in both directions; what is allowed is added beside it. */
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

/** What a component's pods may receive and send; answers to what they may send or receive are always let through. */
export class ComponentPolicy extends Construct {
  constructor(scope: Construct, id: string, { ingress, egress, ...identity }: ComponentPolicyProps) {
    super(scope, id);
    new k8s.KubeNetworkPolicy(this, 'Resource', {
      metadata: { name: identity.name, labels: labels(identity) },
      spec: {
        podSelector: { matchLabels: selectorLabels(identity) },
        policyTypes: BOTH_WAYS,
        // An empty list says the same as none, but is a change each time it is applied: the API server does not keep it.
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
