import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { claimTemplate, type Storage } from './claim.ts';
import { DisruptionBudget } from './disruption-budget.ts';
import { selectorLabels, versionedLabels } from './labels.ts';
import { type PodProps, type Port, podTemplate } from './pod.ts';
import { HeadlessService, ServiceWithAccount, type ServiceWithAccountProps } from './service.ts';
import { claimTemplateVolume } from './volume.ts';

/** Properties of a server whose pods have a volume each. */
export interface StatefulServerProps extends PodProps, ServiceWithAccountProps {
  readonly storage: Storage;
  /** The mount path of the volume. */
  readonly storagePath: string;
  /** Each has a stable host name (`podHosts`) and a volume of its own. @default 1 */
  readonly replicas?: number;
  /** Ports between the replicas, which only the headless Service has. @default - none */
  readonly peerPorts?: readonly Port[];
}

const VOLUME = 'storage';

/**
 * Pods with a stable host name and a volume each, a Service and a ServiceAccount; deleting it keeps the volumes. Replicas
 * are spread over nodes and zones, with a disruption budget. The immutable fields (selector, Service name, management
 * policy, claim templates) depend on neither the number of pods nor their ports.
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
        // With the default a pod that never becomes ready would also block the rollout that fixes it.
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate' },
        revisionHistoryLimit: 3,
        template: podTemplate({ ...props, ports, mounts }, replicas > 1 ? 'spread' : 'anywhere'),
        volumeClaimTemplates: [claimTemplate(VOLUME, props, props.storage)],
      },
    });
    if (replicas > 1) new DisruptionBudget(this, 'DisruptionBudget', { name, component });
  }
}
