import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, labels, selectorLabels } from './labels.ts';

/** How much disk is wanted, and of which kind. */
export interface Storage {
  readonly size: string;
  /** @default - the cluster's own default */
  readonly storageClass?: string;
}

/** Properties of a claim. */
export interface ClaimProps extends Identity, Storage {}

/** What a claim asks for: one node at a time writes. */
const claimSpec = ({ size, storageClass }: Storage): k8s.PersistentVolumeClaimSpec => ({
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: k8s.Quantity.fromString(size) } },
  ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
});

/** A claim as a StatefulSet's template; its labels are immutable, so only the selecting ones are there. */
export const claimTemplate = (
  name: string,
  identity: Identity,
  storage: Storage,
): k8s.KubePersistentVolumeClaimProps => ({
  metadata: { name, labels: selectorLabels(identity) },
  spec: claimSpec(storage),
});

/** A claim that is an object of its own: it stays when its workload goes. */
export class Claim extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: ClaimProps) {
    super(scope, id);
    const { version: _, ...identity } = props;
    this.name = `${props.name}-state`;
    new k8s.KubePersistentVolumeClaim(this, 'Resource', {
      metadata: { name: this.name, labels: labels(identity) },
      spec: claimSpec(props),
    });
  }
}
