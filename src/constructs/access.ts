import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, labels, replicatedLabels, selectorLabels } from './labels.ts';
import type { Port } from './pod.ts';

/** Properties of what every server has beside its workload. */
export interface AccessProps extends Identity {
  readonly ports: readonly Port[];
  /** Secrets with which its images are pulled. @default - none */
  readonly imagePullSecrets?: readonly string[];
  /** Whether the Service leads each client to the same pod for as long as it is there. @default false */
  readonly sticky?: boolean;
}

/** Properties of the names of pods. */
export interface PodNamesProps extends Identity {
  readonly ports: readonly Port[];
  /** Whether it exists only while there are several pods. @default false */
  readonly onlyReplicated?: boolean;
}

/** Three hours, which is also what Kubernetes takes when it is not told. */
const STICKY_SECONDS = 10_800;

const servicePorts = (ports: readonly Port[]): k8s.ServicePort[] =>
  ports.map(({ name, port, protocol = 'TCP' }) => ({
    name,
    port,
    targetPort: k8s.IntOrString.fromString(name),
    protocol,
  }));

/** The timeout is written down: what is not ours would stay behind, and is refused without the affinity. */
const affinity = (sticky: boolean): Pick<k8s.ServiceSpec, 'sessionAffinity' | 'sessionAffinityConfig'> =>
  sticky
    ? { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIp: { timeoutSeconds: STICKY_SECONDS } } }
    : {};

/** The identity of a server's pods and the name under which others reach them. */
export class Access extends Construct {
  constructor(scope: Construct, id: string, props: AccessProps) {
    super(scope, id);
    const { version: _, ...identity } = props;
    new k8s.KubeServiceAccount(this, 'ServiceAccount', {
      metadata: { name: props.name, labels: labels(identity) },
      automountServiceAccountToken: false,
      ...(props.imagePullSecrets?.length ? { imagePullSecrets: props.imagePullSecrets.map((name) => ({ name })) } : {}),
    });
    new k8s.KubeService(this, 'Service', {
      metadata: { name: props.name, labels: labels(identity) },
      spec: {
        type: 'ClusterIP',
        selector: selectorLabels(props),
        ports: servicePorts(props.ports),
        ...affinity(props.sticky ?? false),
      },
    });
  }
}

/** The name of the Service under whose name each pod of a server is found. */
export const podNamesOf = ({ name }: Pick<Identity, 'name'>): string => `${name}-pods`;

/** The stable host names of the pods of a StatefulServer, as pods of its namespace resolve them. */
export const podHosts = (server: Pick<Identity, 'name'>, replicas: number): readonly string[] =>
  Array.from({ length: replicas }, (_, ordinal) => `${server.name}-${ordinal}.${podNamesOf(server)}`);

/** The Service under whose name each pod is found, ready or not; it has no address of its own. */
export class PodNames extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, { onlyReplicated = false, ports, version: _, ...identity }: PodNamesProps) {
    super(scope, id);
    this.name = podNamesOf(identity);
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
