import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, labels, replicatedLabels, selectorLabels } from './labels.ts';
import type { Port } from './pod.ts';

/** What every server has besides its workload. */
export interface ServiceWithAccountProps extends Identity {
  readonly ports: readonly Port[];
  /** Pull secrets for its images. @default - none */
  readonly imagePullSecrets?: readonly string[];
  /** Whether the Service routes each client to the same pod for as long as that pod exists. @default false */
  readonly sticky?: boolean;
}

/** Properties of a headless Service. */
export interface HeadlessServiceProps extends Identity {
  readonly ports: readonly Port[];
  /** Whether it exists only while there are several replicas. @default false */
  readonly onlyReplicated?: boolean;
}

/** Three hours, the default of Kubernetes. */
const STICKY_SECONDS = 10_800;

const servicePorts = (ports: readonly Port[]): k8s.ServicePort[] =>
  ports.map(({ name, port, protocol = 'TCP' }) => ({
    name,
    port,
    targetPort: k8s.IntOrString.fromString(name),
    protocol,
  }));

/** The timeout is explicit: a defaulted one would be left over, and is rejected without the affinity. */
const affinity = (sticky: boolean): Pick<k8s.ServiceSpec, 'sessionAffinity' | 'sessionAffinityConfig'> =>
  sticky
    ? { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIp: { timeoutSeconds: STICKY_SECONDS } } }
    : {};

/** A server's ServiceAccount and Service. */
export class ServiceWithAccount extends Construct {
  constructor(scope: Construct, id: string, props: ServiceWithAccountProps) {
    super(scope, id);
    new k8s.KubeServiceAccount(this, 'ServiceAccount', {
      metadata: { name: props.name, labels: labels(props) },
      automountServiceAccountToken: false,
      ...(props.imagePullSecrets?.length ? { imagePullSecrets: props.imagePullSecrets.map((name) => ({ name })) } : {}),
    });
    new k8s.KubeService(this, 'Service', {
      metadata: { name: props.name, labels: labels(props) },
      spec: {
        type: 'ClusterIP',
        selector: selectorLabels(props),
        ports: servicePorts(props.ports),
        ...affinity(props.sticky ?? false),
      },
    });
  }
}

/** The name of a server's headless Service. */
export const headlessServiceOf = ({ name }: Pick<Identity, 'name'>): string => `${name}-pods`;

/** The stable host names of the pods of a StatefulServer, as pods of its namespace resolve them. */
export const podHosts = (server: Pick<Identity, 'name'>, replicas: number): readonly string[] =>
  Array.from({ length: replicas }, (_, ordinal) => `${server.name}-${ordinal}.${headlessServiceOf(server)}`);

/** A headless Service, under which each pod is resolved, ready or not. */
export class HeadlessService extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, { onlyReplicated = false, ports, ...identity }: HeadlessServiceProps) {
    super(scope, id);
    this.name = headlessServiceOf(identity);
    new k8s.KubeService(this, 'Resource', {
      metadata: { name: this.name, labels: onlyReplicated ? replicatedLabels(identity) : labels(identity) },
      spec: {
        clusterIp: 'None',
        publishNotReadyAddresses: true,
        selector: selectorLabels(identity),
        ports: servicePorts(ports),
      },
    });
  }
}
