import { type Check, checksOf, when } from './check.ts';
import { type Inventory, ofKind, type Placed, type Resource } from './inventory.ts';

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

/** Resources through which one gets into pods of others, or makes oneself an identity. */
const ENTRANCES: ReadonlySet<string> = new Set([
  'pods/exec',
  'pods/attach',
  'pods/portforward',
  'pods/ephemeralcontainers',
  'serviceaccounts/token',
  'nodes/proxy',
]);

const POWERS: ReadonlySet<string> = new Set(['escalate', 'bind', 'impersonate']);

/** Resources from which pods are made, and with pods the rights of any ServiceAccount of the namespace. */
const POD_MAKERS: ReadonlySet<string> = new Set([
  'pods',
  'deployments',
  'statefulsets',
  'daemonsets',
  'replicasets',
  'jobs',
  'cronjobs',
]);

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch']);

const CHECKS: readonly Check<PlacedRule>[] = [
  {
    name: 'role-wildcard',
    problems: ({ rule }) => LISTS.filter((list) => rule[list].includes('*')).map((list) => `${list} has *`),
    repair: 'name what is needed',
  },
  {
    name: 'secrets-access',
    problems: ({ rule: { resources, verbs } }) =>
      when(resources.includes('secrets'), `it may ${verbs.join(', ')} Secrets`),
    repair: 'mount the one Secret that is needed',
  },
  {
    name: 'exec-access',
    problems: ({ rule: { resources, verbs } }) =>
      resources
        .filter((resource) => ENTRANCES.has(resource))
        .map((resource) => `it may ${verbs.join(', ')} ${resource}`),
    repair: 'do without: who gets into a pod has its rights and its secrets',
  },
  {
    name: 'pod-creation',
    problems: ({ rule: { resources, verbs } }) =>
      when(
        verbs.some((verb) => WRITES.has(verb)) && resources.some((resource) => POD_MAKERS.has(resource)),
        `it may ${verbs.join(', ')} ${resources.join(', ')}`,
      ),
    repair: 'do without: who makes a pod has the rights of every ServiceAccount of the namespace',
  },
  {
    name: 'rights-escalation',
    problems: ({ rule: { verbs } }) => verbs.filter((verb) => POWERS.has(verb)).map((verb) => `it may ${verb}`),
    repair: 'do without: it gives itself any right',
  },
];

/** What roles may not allow. */
export const permissionChecks = checksOf(allRules, CHECKS);
