import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, labels, selectorLabels } from './labels.ts';
import type { Port } from './pod.ts';

/** Properties of what every server has beside its workload. */
export interface AccessProps extends Identity {
  readonly ports: readonly Port[];
  /** Secrets with which its images are pulled. @default - none */
  readonly imagePullSecrets?: readonly string[];
}

const servicePorts = (ports: readonly Port[]): k8s.ServicePort[] =>
  ports.map(({ name, port }) => ({
    name,
    port,
    targetPort: k8s.IntOrString.fromString(name),
    protocol: 'TCP',
  }));

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
      spec: { type: 'ClusterIP', selector: selectorLabels(props), ports: servicePorts(props.ports) },
    });
  }
}

/** The Service under whose name each pod is found; it has no address of its own. */
export class PodNames extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: AccessProps) {
    super(scope, id);
    const { version: _, ...identity } = props;
    this.name = `${props.name}-pods`;
    new k8s.KubeService(this, 'Resource', {
      metadata: { name: this.name, labels: labels(identity) },
      spec: {
        clusterIp: 'None',
        publishNotReadyAddresses: true,
        selector: selectorLabels(props),
        ports: servicePorts(props.ports),
      },
    });
  }
}
