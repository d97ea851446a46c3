import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, labels } from './labels.ts';

/** Properties of a permission to read. */
export interface ReaderProps extends Identity {
  /** Resources of the core API group, in the plural, such as `pods`. */
  readonly resources: readonly string[];
}

/** Lets a server's ServiceAccount find objects of its own namespace, and nothing else. */
export class Reader extends Construct {
  constructor(scope: Construct, id: string, { resources, version: _, ...identity }: ReaderProps) {
    super(scope, id);
    const metadata = { name: identity.name, labels: labels(identity) };
    new k8s.KubeRole(this, 'Resource', {
      metadata,
      rules: [{ apiGroups: [''], resources: [...resources], verbs: ['get', 'list', 'watch'] }],
    });
    new k8s.KubeRoleBinding(this, 'Binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: identity.name },
      subjects: [{ kind: 'ServiceAccount', name: identity.name }],
    });
  }
}
