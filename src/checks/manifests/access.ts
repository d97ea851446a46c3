import { type Check, checksOf, got, when } from './check.ts';
import { type Inventory, named, ofKind, partOf, type Resource, type Workload } from './inventory.ts';
import { workloadsIn } from './references.ts';

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

interface RoleReference {
  readonly kind: string;
  readonly name: string;
}

const bindingsOf = (inventory: Inventory): readonly Resource[] => [
  ...ofKind(inventory, 'RoleBinding'),
  ...ofKind(inventory, 'ClusterRoleBinding'),
];

const rolesOf = (inventory: Inventory): readonly Resource[] => [
  ...ofKind(inventory, 'Role'),
  ...ofKind(inventory, 'ClusterRole'),
];

const subjectsOf = ({ object, namespace }: Resource): readonly Required<Subject>[] =>
  ((object.subjects ?? []) as readonly Subject[]).map((subject) => ({ namespace, ...subject }));

const roleOf = (binding: Resource): Partial<RoleReference> => partOf<RoleReference>(binding, 'roleRef');

const accountOf = ({ pod }: Workload): string => pod.serviceAccountName ?? pod.serviceAccount ?? 'default';

const isBound = (workload: Workload, inventory: Inventory): boolean =>
  bindingsOf(inventory).some((binding) =>
    subjectsOf(binding).some(
      ({ kind, name, namespace }) =>
        kind === 'ServiceAccount' && name === accountOf(workload) && namespace === workload.namespace,
    ),
  );

/** A pod gets a token unless it or its account says otherwise, or when a volume projects one. */
const hasToken = (workload: Workload, inventory: Inventory): boolean => {
  const { pod, namespace } = workload;
  const account = named(inventory, 'ServiceAccount', { namespace, name: accountOf(workload) });
  const automount = pod.automountServiceAccountToken ?? account?.object.automountServiceAccountToken ?? true;
  const projected = (pod.volumes ?? []).some((volume) =>
    volume.projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken !== undefined),
  );
  return automount === true || projected;
};

const POD_CHECKS: readonly Check<Workload>[] = [
  {
    name: 'default-service-account',
    problems: (workload) => when(accountOf(workload) === 'default', 'its ServiceAccount is the default one'),
    repair: 'give it one of its own, so that a permission reaches no other pod',
  },
  {
    name: 'unknown-service-account',
    problems: (workload, inventory) => {
      const name = accountOf(workload);
      const isUnknown = name !== 'default' && named(inventory, 'ServiceAccount', { ...workload, name }) === undefined;
      return when(isUnknown, `ServiceAccount '${name}' is not among the manifests`);
    },
    repair: 'emit it, or correct the name',
  },
  {
    name: 'deprecated-service-account',
    problems: ({ pod }) => when(pod.serviceAccount !== undefined, `serviceAccount is ${got(pod.serviceAccount)}`),
    repair: 'use serviceAccountName',
  },
  {
    name: 'unused-token',
    problems: (workload, inventory) =>
      when(hasToken(workload, inventory) && !isBound(workload, inventory), 'it mounts a token that no binding uses'),
    repair: 'set automountServiceAccountToken to false, or bind the role that it needs',
  },
  {
    name: 'missing-token',
    problems: (workload, inventory) =>
      when(
        isBound(workload, inventory) && !hasToken(workload, inventory),
        'its ServiceAccount is bound, but it mounts no token',
      ),
    repair: 'set automountServiceAccountToken to true, or remove the binding',
  },
];

const ACCOUNT_CHECKS: readonly Check<Resource>[] = [
  {
    name: 'unused-service-account',
    problems: ({ name, namespace }, inventory) =>
      when(!workloadsIn(inventory, namespace).some((workload) => accountOf(workload) === name), 'no pod has it'),
    repair: 'remove it, or name it in a pod',
  },
];

/** Roles that every cluster has. */
const BUILT_IN = /^(?:system:|(?:cluster-admin|admin|edit|view)$)/;

/** Roles that allow whatever there is in a namespace or in the cluster. */
const ADMINS = ['cluster-admin', 'admin', 'edit'];

const isKnownRole = (binding: Resource, inventory: Inventory): boolean => {
  const { kind = '', name = '' } = roleOf(binding);
  if (kind === 'ClusterRole' && BUILT_IN.test(name)) return true;
  const namespace = kind === 'Role' ? binding.namespace : '';
  return named(inventory, kind, { namespace, name }) !== undefined;
};

const BINDING_CHECKS: readonly Check<Resource>[] = [
  {
    name: 'unknown-role',
    problems: (binding, inventory) => {
      const { kind, name } = roleOf(binding);
      return when(!isKnownRole(binding, inventory), `${kind} '${name}' is not among the manifests`);
    },
    repair: 'emit it, or correct the name',
  },
  {
    name: 'unknown-subject',
    problems: (binding, inventory) =>
      subjectsOf(binding)
        .filter(
          (subject) => subject.kind !== 'ServiceAccount' || named(inventory, 'ServiceAccount', subject) === undefined,
        )
        .map(({ kind, name }) => `${kind} '${name}' is not among the manifests`),
    repair: 'bind a ServiceAccount of this stack',
  },
  {
    name: 'admin-binding',
    problems: (binding) => {
      const { name = '' } = roleOf(binding);
      return when(ADMINS.includes(name), `it binds ${name}`);
    },
    repair: 'bind a role that allows what is needed, by name',
  },
];

const ROLE_CHECKS: readonly Check<Resource>[] = [
  {
    name: 'unused-role',
    problems: ({ kind, name, namespace }, inventory) => {
      const isOurs = (binding: Resource) =>
        roleOf(binding).kind === kind &&
        roleOf(binding).name === name &&
        (namespace === '' || namespace === binding.namespace);
      return when(!bindingsOf(inventory).some(isOurs), 'no binding has it');
    },
    repair: 'bind it, or remove it',
  },
];

/** Who a pod is to the Kubernetes API, and that it is nobody where it need not be anyone. */
export const accessChecks = [
  checksOf(({ workloads }) => workloads, POD_CHECKS),
  checksOf((inventory) => ofKind(inventory, 'ServiceAccount'), ACCOUNT_CHECKS),
  checksOf(bindingsOf, BINDING_CHECKS),
  checksOf(rolesOf, ROLE_CHECKS),
];
