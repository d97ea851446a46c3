import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Access, type AccessProps, PodNames } from './access.ts';
import { claimTemplate, type Storage } from './claim.ts';
import { labels, selectorLabels } from './labels.ts';
import { type PodProps, podTemplate } from './pod.ts';
import { templateFolder } from './volume.ts';

/** Properties of a server with a volume that outlives its pod. */
export interface StatefulServerProps extends PodProps, AccessProps {
  readonly storage: Storage;
  /** Where the container sees the volume. */
  readonly storagePath: string;
}

const VOLUME = 'storage';

/** One pod with a volume of its own, a Service and a ServiceAccount; deleting it keeps the volume. */
export class StatefulServer extends Construct {
  constructor(scope: Construct, id: string, props: StatefulServerProps) {
    super(scope, id);
    new Access(this, 'Access', props);
    const names = new PodNames(this, 'PodNames', props);
    const mounts = [templateFolder(VOLUME, props.storagePath), ...(props.mounts ?? [])];
    new k8s.KubeStatefulSet(this, 'Resource', {
      metadata: { name: props.name, labels: labels(props) },
      spec: {
        replicas: 1,
        serviceName: names.name,
        selector: { matchLabels: selectorLabels(props) },
        // With the default a pod that never gets ready would also block its own repair.
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate' },
        revisionHistoryLimit: 3,
        template: podTemplate({ ...props, mounts }),
        volumeClaimTemplates: [claimTemplate(VOLUME, props, props.storage)],
      },
    });
  }
}
