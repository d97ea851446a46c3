import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, labels, selectorLabels } from './labels.ts';

/** The size and class of a volume. */
export interface Storage {
  readonly size: string;
  /** @default - the cluster's own default */
  readonly storageClass?: string;
}

/** Properties of a PersistentVolumeClaim. */
export interface ClaimProps extends Identity, Storage {}

/** Mounted read-write by one node at a time. */
const claimSpec = ({ size, storageClass }: Storage): k8s.PersistentVolumeClaimSpec => ({
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: k8s.Quantity.fromString(size) } },
  ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
});

/** The claim template of a StatefulSet; its labels are immutable, so it has only those of the selector. */
export const claimTemplate = (
  name: string,
  identity: Identity,
  storage: Storage,
): k8s.KubePersistentVolumeClaimProps => ({
  metadata: { name, labels: selectorLabels(identity) },
  spec: claimSpec(storage),
});

/** A PersistentVolumeClaim that outlives its workload. */
export class Claim extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: ClaimProps) {
    super(scope, id);
    this.name = `${props.name}-state`;
    new k8s.KubePersistentVolumeClaim(this, 'Resource', {
      metadata: { name: this.name, labels: labels(props) },
      spec: claimSpec(props),
    });
  }
}
