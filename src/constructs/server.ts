import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Access, type AccessProps, PodNames } from './access.ts';
import { Claim, type Storage } from './claim.ts';
import { labels, selectorLabels } from './labels.ts';
import { type PodProps, podTemplate } from './pod.ts';
import { claimFolder } from './volume.ts';

interface SharedProps extends PodProps, AccessProps {}

/** Properties of a server whose pods are alike. */
export interface ReplicatedServerProps extends SharedProps {
  readonly replicas: number;
  /** Whether the replicas look each other up, by the Service `<name>-pods`. @default false */
  readonly meets?: boolean;
}

/** Properties of a server of one pod that keeps state on a volume. */
export interface SingleServerProps extends SharedProps {
  readonly storage: Storage;
  /** Where the container sees the volume. */
  readonly storagePath: string;
}

const deploymentOf = (
  scope: Construct,
  props: SharedProps,
  how: Pick<k8s.DeploymentSpec, 'replicas' | 'strategy'>,
): k8s.KubeDeployment =>
  new k8s.KubeDeployment(scope, 'Resource', {
    metadata: { name: props.name, labels: labels(props) },
    spec: {
      ...how,
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorLabels(props) },
      template: podTemplate(props),
    },
  });

/** Several pods alike: a new one is ready before an old one goes, and a drained node takes one at a time. */
export class ReplicatedServer extends Construct {
  constructor(scope: Construct, id: string, { replicas, meets = false, ...props }: ReplicatedServerProps) {
    super(scope, id);
    new Access(this, 'Access', props);
    if (meets) new PodNames(this, 'PodNames', props);
    deploymentOf(this, props, {
      replicas,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(1), maxUnavailable: k8s.IntOrString.fromNumber(0) },
      },
    });
    const { version: _, ...identity } = props;
    new k8s.KubePodDisruptionBudget(this, 'DisruptionBudget', {
      metadata: { name: props.name, labels: labels(identity) },
      spec: {
        maxUnavailable: k8s.IntOrString.fromNumber(1),
        selector: { matchLabels: selectorLabels(props) },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  }
}

/** One pod with a volume that only one pod may hold, so the old one goes before the new one comes. */
export class SingleServer extends Construct {
  constructor(scope: Construct, id: string, { storage, storagePath, ...props }: SingleServerProps) {
    super(scope, id);
    new Access(this, 'Access', props);
    const claim = new Claim(this, 'State', { ...props, ...storage });
    const mounts = [claimFolder('state', storagePath, claim.name), ...(props.mounts ?? [])];
    deploymentOf(this, { ...props, mounts }, { replicas: 1, strategy: { type: 'Recreate' } });
  }
}
