import {
  checksOf,
  type Inventory,
  type ManifestCheck,
  named,
  ofKind,
  type Placed,
  type Resource,
  type Workload,
  when,
  workloadsIn,
} from './inventory.ts';

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

const bindingsOf = (inventory: Inventory): readonly Resource[] => [
  ...ofKind(inventory, 'RoleBinding'),
  ...ofKind(inventory, 'ClusterRoleBinding'),
];

const subjectsOf = ({ object, namespace }: Resource): readonly Required<Subject>[] =>
  ((object.subjects ?? []) as readonly Subject[]).map((subject) => ({ namespace, ...subject }));

const accountOf = ({ pod }: Workload): string => pod.serviceAccountName ?? 'default';

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

const POD_CHECKS: readonly ManifestCheck<Workload>[] = [
  {
    name: 'unknown-service-account',
    finds: 'a pod whose ServiceAccount is not emitted, or is the default one',
    source: 'kube-linter',
    problems: (workload, inventory) => {
      const name = accountOf(workload);
      const isUnknown = named(inventory, 'ServiceAccount', { ...workload, name }) === undefined;
      return when(isUnknown, `ServiceAccount '${name}' is not among the manifests`);
    },
    fix: 'emit it, or correct the name',
  },
  {
    name: 'unused-token',
    finds: 'a ServiceAccount token in a pod that has no permissions',
    source: 'tidewatch',
    problems: (workload, inventory) =>
      when(hasToken(workload, inventory) && !isBound(workload, inventory), 'it mounts a token that no binding uses'),
    fix: 'set automountServiceAccountToken to false, or bind the role that it needs',
  },
  {
    name: 'missing-token',
    finds: 'a pod with permissions but no ServiceAccount token',
    source: 'tidewatch',
    problems: (workload, inventory) =>
      when(
        isBound(workload, inventory) && !hasToken(workload, inventory),
        'its ServiceAccount is bound, but it mounts no token',
      ),
    fix: 'set automountServiceAccountToken to true, or remove the binding',
  },
];

const ACCOUNT_CHECKS: readonly ManifestCheck<Resource>[] = [
  {
    name: 'unused-service-account',
    finds: 'a ServiceAccount that no pod uses',
    source: 'tidewatch',
    problems: ({ name, namespace }, inventory) =>
      when(!workloadsIn(inventory, namespace).some((workload) => accountOf(workload) === name), 'no pod uses it'),
    fix: 'remove it, or name it in a pod',
  },
];

const BINDING_CHECKS: readonly ManifestCheck<Resource>[] = [
  {
    name: 'unknown-subject',
    finds: 'a binding to anything but a ServiceAccount of the stack',
    source: 'tidewatch',
    problems: (binding, inventory) =>
      subjectsOf(binding)
        .filter(
          (subject) => subject.kind !== 'ServiceAccount' || named(inventory, 'ServiceAccount', subject) === undefined,
        )
        .map(({ kind, name }) => `${kind} '${name}' is not among the manifests`),
    fix: 'bind a ServiceAccount of this stack',
  },
];

/** A rule of a role. */
interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

interface PlacedRule extends Placed {
  readonly rule: Required<Rule>;
}

const rulesOf = ({ path, object }: Resource): readonly PlacedRule[] =>
  ((object.rules ?? []) as readonly Rule[]).map((rule) => ({
    path,
    rule: { apiGroups: [], resources: [], verbs: [], nonResourceURLs: [], ...rule },
  }));

const allRules = (inventory: Inventory): readonly PlacedRule[] =>
  [...ofKind(inventory, 'Role'), ...ofKind(inventory, 'ClusterRole')].flatMap(rulesOf);

const LISTS = ['apiGroups', 'resources', 'verbs', 'nonResourceURLs'] as const;

/** Resources that lead into other pods, or to another identity. */
const ENTRY_POINTS: ReadonlySet<string> = new Set([
  'pods/exec',
  'pods/attach',
  'pods/portforward',
  'pods/ephemeralcontainers',
  'serviceaccounts/token',
  'nodes/proxy',
]);

const ESCALATIONS: ReadonlySet<string> = new Set(['escalate', 'bind', 'impersonate']);

/** Resources that create pods, and pods get the permissions of any ServiceAccount of the namespace. */
const POD_CREATORS: ReadonlySet<string> = new Set([
  'pods',
  'deployments',
  'statefulsets',
  'daemonsets',
  'replicasets',
  'jobs',
  'cronjobs',
]);

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch']);

const RULE_CHECKS: readonly ManifestCheck<PlacedRule>[] = [
  {
    name: 'role-wildcard',
    finds: 'a role with a wildcard',
    source: 'kube-linter',
    problems: ({ rule }) => LISTS.filter((list) => rule[list].includes('*')).map((list) => `${list} has *`),
    fix: 'list what is needed',
  },
  {
    name: 'secrets-access',
    finds: 'a role that grants access to Secrets',
    source: 'kube-linter',
    problems: ({ rule: { resources, verbs } }) =>
      when(resources.includes('secrets'), `it may ${verbs.join(', ')} Secrets`),
    fix: 'mount the one Secret that is needed',
  },
  {
    name: 'exec-access',
    finds: 'a role that allows getting into pods or nodes, or issuing tokens',
    source: 'tidewatch',
    problems: ({ rule: { resources, verbs } }) =>
      resources
        .filter((resource) => ENTRY_POINTS.has(resource))
        .map((resource) => `it may ${verbs.join(', ')} ${resource}`),
    fix: 'remove it: whoever gets into a pod has its permissions and its secrets',
  },
  {
    name: 'pod-creation',
    finds: 'a role that allows creating pods, directly or through a workload',
    source: 'kube-linter',
    problems: ({ rule: { resources, verbs } }) =>
      when(
        verbs.some((verb) => WRITES.has(verb)) && resources.some((resource) => POD_CREATORS.has(resource)),
        `it may ${verbs.join(', ')} ${resources.join(', ')}`,
      ),
    fix: 'remove it: whoever creates pods has the permissions of every ServiceAccount of the namespace',
  },
  {
    name: 'rights-escalation',
    finds: 'a role that allows escalate, bind or impersonate',
    source: 'tidewatch',
    problems: ({ rule: { verbs } }) => verbs.filter((verb) => ESCALATIONS.has(verb)).map((verb) => `it may ${verb}`),
    fix: 'remove it: it can grant itself any permission',
  },
];

/** Who a pod is to the Kubernetes API, and what it may do there. */
export const ACCESS_CHECKS = [
  ...checksOf(({ workloads }) => workloads, POD_CHECKS),
  ...checksOf((inventory) => ofKind(inventory, 'ServiceAccount'), ACCOUNT_CHECKS),
  ...checksOf(bindingsOf, BINDING_CHECKS),
  ...checksOf(allRules, RULE_CHECKS),
];
