import { JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, labels } from './labels.ts';

/** Permissions on resources of the core API group. */
export interface Grant {
  /** Resources in the plural, such as `pods` or `pods/log`. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** The permissions of a server's ServiceAccount in its namespace. */
export interface GrantsProps extends Identity {
  readonly grants: readonly Grant[];
}

/** The permissions of a server's ServiceAccount in the whole cluster. */
export interface ClusterGrantsProps extends GrantsProps {
  /** The namespace of the ServiceAccount; the objects are cluster-scoped, so their names carry it. */
  readonly namespace: string;
}

const API_GROUP = 'rbac.authorization.k8s.io';

const rules = (grants: readonly Grant[]): k8s.PolicyRule[] =>
  grants.map(({ resources, verbs }) => ({ apiGroups: [''], resources: [...resources], verbs: [...verbs] }));

/** A Role in the server's own namespace, bound to its ServiceAccount. */
export class Grants extends Construct {
  constructor(scope: Construct, id: string, { grants, ...identity }: GrantsProps) {
    super(scope, id);
    const metadata = { name: identity.name, labels: labels(identity) };
    new k8s.KubeRole(this, 'Resource', { metadata, rules: rules(grants) });
    new k8s.KubeRoleBinding(this, 'Binding', {
      metadata,
      roleRef: { apiGroup: API_GROUP, kind: 'Role', name: identity.name },
      subjects: [{ kind: 'ServiceAccount', name: identity.name }],
    });
  }
}

/** A ClusterRole for cluster-scoped resources, bound to a server's ServiceAccount. */
export class ClusterGrants extends Construct {
  constructor(scope: Construct, id: string, { grants, namespace, ...identity }: ClusterGrantsProps) {
    super(scope, id);
    const name = `${namespace}-${identity.name}`;
    const metadata = { name, labels: labels(identity) };
    const role = new k8s.KubeClusterRole(this, 'Resource', { metadata, rules: rules(grants) });
    const binding = new k8s.KubeClusterRoleBinding(this, 'Binding', {
      metadata,
      roleRef: { apiGroup: API_GROUP, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name: identity.name, namespace }],
    });
    // The chart sets its namespace on every object, also on cluster-scoped ones.
    for (const object of [role, binding]) object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  }
}
