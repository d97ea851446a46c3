import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, replicatedLabels, selectorLabels } from './labels.ts';

/** Lets node drains evict one pod of a component at a time; a pod that is not ready does not block a drain. */
export class DisruptionBudget extends Construct {
  constructor(scope: Construct, id: string, identity: Identity) {
    super(scope, id);
    new k8s.KubePodDisruptionBudget(this, 'Resource', {
      metadata: { name: identity.name, labels: replicatedLabels(identity) },
      spec: {
        maxUnavailable: k8s.IntOrString.fromNumber(1),
        selector: { matchLabels: selectorLabels(identity) },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  }
}
