import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { claimTemplate, type Storage } from './claim.ts';
import { DisruptionBudget } from './disruption-budget.ts';
import { selectorLabels, versionedLabels } from './labels.ts';
import { type PodProps, type Port, podTemplate } from './pod.ts';
import { HeadlessService, ServiceWithAccount, type ServiceWithAccountProps } from './service.ts';
import { claimTemplateVolume } from './volume.ts';

/** Properties of a server whose pods each have a volume that outlives them. */
export interface StatefulServerProps extends PodProps, ServiceWithAccountProps {
  readonly storage: Storage;
  /** Where the container sees the volume. */
  readonly storagePath: string;
  /** How many pods there are, each with a name (`podHosts`) and a volume of its own. @default 1 */
  readonly replicas?: number;
  /** Ports on which the pods talk to each other; only their own names lead there, not the Service. @default - none */
  readonly peerPorts?: readonly Port[];
}

const VOLUME = 'storage';

/**
 * Pods with a name and a volume each, a Service and a ServiceAccount; deleting it keeps the volumes. Several keep away
 * from each other, and drained nodes take one at a time. What Kubernetes never lets change (selector, name of the
 * Service, management policy, claims) depends on neither the number of pods nor their ports.
 */
export class StatefulServer extends Construct {
  constructor(scope: Construct, id: string, { replicas = 1, peerPorts = [], ...props }: StatefulServerProps) {
    super(scope, id);
    new ServiceWithAccount(this, 'Service', props);
    const { name, component } = props;
    const ports = [...props.ports, ...peerPorts];
    const names = new HeadlessService(this, 'HeadlessService', { name, component, ports });
    const mounts = [claimTemplateVolume(VOLUME, props.storagePath), ...(props.mounts ?? [])];
    new k8s.KubeStatefulSet(this, 'Resource', {
      metadata: { name, labels: versionedLabels(props) },
      spec: {
        replicas,
        serviceName: names.name,
        selector: { matchLabels: selectorLabels(props) },
        // With the default a pod that never gets ready would also block its own repair.
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate' },
        revisionHistoryLimit: 3,
        template: podTemplate({ ...props, ports, mounts }, { several: replicas > 1 }),
        volumeClaimTemplates: [claimTemplate(VOLUME, props, props.storage)],
      },
    });
    if (replicas > 1) new DisruptionBudget(this, 'DisruptionBudget', { name, component });
  }
}
