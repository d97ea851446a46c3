import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { PART_OF, PART_OF_LABEL } from './labels.ts';

/** Properties of a namespace. */
export interface RestrictedNamespaceProps {
  readonly name: string;
}

/**
 * The enforced Pod Security version. It is pinned, so that an upgraded cluster does not reject pods that ran before; what
 * a later version would reject is reported by `warn` and `audit`, which follow the cluster.
 */
const ENFORCED_VERSION = 'v1.33';

/** A namespace that admits only pods of the Pod Security profile `restricted`. */
export class RestrictedNamespace extends Construct {
  constructor(scope: Construct, id: string, { name }: RestrictedNamespaceProps) {
    super(scope, id);
    new k8s.KubeNamespace(this, 'Resource', {
      metadata: {
        name,
        labels: {
          [PART_OF_LABEL]: PART_OF,
          'app.kubernetes.io/managed-by': PART_OF,
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/enforce-version': ENFORCED_VERSION,
          'pod-security.kubernetes.io/audit': 'restricted',
          'pod-security.kubernetes.io/audit-version': 'latest',
          'pod-security.kubernetes.io/warn': 'restricted',
          'pod-security.kubernetes.io/warn-version': 'latest',
        },
      },
    });
  }
}
