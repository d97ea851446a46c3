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

/** The permissions of a server's ServiceAccount in its own namespace, or in another one. */
export type GrantsProps = Identity & { readonly grants: readonly Grant[] } & (
    | { readonly in?: never; readonly of?: never }
    | {
        /** The namespace in which the permissions hold; the Role and its binding are created there. */
        readonly in: string;
        /** The namespace of the ServiceAccount. */
        readonly of: string;
      }
  );

/** The permissions of a server's ServiceAccount in the whole cluster. */
export interface ClusterGrantsProps extends Identity {
  readonly grants: readonly Grant[];
  /** The namespace of the ServiceAccount; the objects are cluster-scoped, so their names carry it. */
  readonly namespace: string;
}

const API_GROUP = 'rbac.authorization.k8s.io';

const rules = (grants: readonly Grant[]): k8s.PolicyRule[] =>
  grants.map(({ resources, verbs }) => ({ apiGroups: [''], resources: [...resources], verbs: [...verbs] }));

/** A Role bound to a server's ServiceAccount, in the server's own namespace or in another one. */
export class Grants extends Construct {
  constructor(scope: Construct, id: string, { grants, in: namespace, of, ...identity }: GrantsProps) {
    super(scope, id);
    const own = namespace === undefined;
    // In another namespace the name says whose account it is for: several stacks may observe one system.
    const name = own ? identity.name : `${of}-${identity.name}`;
    const metadata = { name, labels: labels(identity), ...(own ? {} : { namespace }) };
    new k8s.KubeRole(this, 'Resource', { metadata, rules: rules(grants) });
    new k8s.KubeRoleBinding(this, 'Binding', {
      metadata,
      roleRef: { apiGroup: API_GROUP, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: identity.name, ...(own ? {} : { namespace: of }) }],
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
