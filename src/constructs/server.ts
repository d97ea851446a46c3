import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Autoscaler, type Autoscaling } from './autoscaler.ts';
import { Claim, type Storage } from './claim.ts';
import { DisruptionBudget } from './disruption-budget.ts';
import { type Identity, selectorLabels, versionedLabels } from './labels.ts';
import { type Placement, type PodProps, podTemplate } from './pod.ts';
import { HeadlessService, ServiceWithAccount, type ServiceWithAccountProps } from './service.ts';
import { claimVolume } from './volume.ts';

interface SharedProps extends PodProps, ServiceWithAccountProps {}

/** Properties of a server of stateless replicas. */
export interface ReplicatedServerProps extends SharedProps {
  /** A fixed number of replicas, or an autoscaler. */
  readonly replicas: number | Autoscaling;
  /** Whether the replicas discover each other by the headless Service `<name>-pods`. @default false */
  readonly discoversPeers?: boolean;
}

/** Properties of a server of one pod with a volume. */
export interface SingleServerProps extends SharedProps {
  readonly storage: Storage;
  /** The mount path of the volume. */
  readonly storagePath: string;
  /** Whether two processes may write to the volume, so that a new pod starts while the old one terminates. @default false */
  readonly overlaps?: boolean;
}

const identityOf = ({ name, component }: Identity): Identity => ({ name, component });

const deploymentOf = (
  scope: Construct,
  props: SharedProps,
  placement: Placement,
  spec: Pick<k8s.DeploymentSpec, 'replicas' | 'strategy'>,
): k8s.KubeDeployment =>
  new k8s.KubeDeployment(scope, 'Resource', {
    metadata: { name: props.name, labels: versionedLabels(props) },
    spec: {
      ...spec,
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorLabels(props) },
      template: podTemplate(props, placement),
    },
  });

/** A new pod is ready before an old one terminates. */
const ROLLING: k8s.DeploymentStrategy = {
  type: 'RollingUpdate',
  rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(1), maxUnavailable: k8s.IntOrString.fromNumber(0) },
};

/**
 * Stateless replicas, spread over nodes and zones, with a disruption budget. With an autoscaler the Deployment sets no
 * number of replicas, because applying it would undo the autoscaler's.
 */
export class ReplicatedServer extends Construct {
  constructor(scope: Construct, id: string, { replicas, discoversPeers = false, ...props }: ReplicatedServerProps) {
    super(scope, id);
    new ServiceWithAccount(this, 'Service', props);
    const identity = identityOf(props);
    if (discoversPeers)
      new HeadlessService(this, 'HeadlessService', { ...identity, ports: props.ports, onlyReplicated: true });
    deploymentOf(this, props, replicas === 1 ? 'anywhere' : 'spread', {
      strategy: ROLLING,
      ...(typeof replicas === 'number' ? { replicas } : {}),
    });
    if (typeof replicas !== 'number') new Autoscaler(this, 'Autoscaler', { ...identity, ...replicas });
    if (replicas !== 1) new DisruptionBudget(this, 'DisruptionBudget', identity);
  }
}

/**
 * One pod with a volume that one node at a time may mount. The old pod terminates before the new one starts, unless they
 * may overlap: then the new one starts on the same node and is ready before the old one terminates.
 */
export class SingleServer extends Construct {
  constructor(scope: Construct, id: string, { storage, storagePath, overlaps = false, ...props }: SingleServerProps) {
    super(scope, id);
    new ServiceWithAccount(this, 'Service', props);
    const claim = new Claim(this, 'State', { ...props, ...storage });
    const mounts = [claimVolume('state', storagePath, claim.name), ...(props.mounts ?? [])];
    deploymentOf(this, { ...props, mounts }, overlaps ? { claim: claim.name } : 'anywhere', {
      replicas: 1,
      strategy: overlaps ? ROLLING : { type: 'Recreate' },
    });
  }
}
