import { type Check, checksOf, got, when } from './check.ts';
import { type Inventory, named, podsOf, specOf, type Workload } from './inventory.ts';
import { selectorText, selects } from './selector.ts';
import { backendsOf, type ServiceSpec } from './services.ts';

const selfSelecting: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

const othersSelected = (workload: Workload, inventory: Inventory): readonly Workload[] => {
  const { kind, namespace, spec } = workload;
  if (!selfSelecting.has(kind) || spec.selector === undefined) return [];
  return podsOf(inventory, namespace, spec.selector).filter((other) => other !== workload);
};

const serviceProblems = (workload: Workload, inventory: Inventory): readonly string[] => {
  if (workload.kind !== 'StatefulSet') return [];
  const { serviceName: name = '' } = workload.spec;
  if (name === '') return ['it has no serviceName'];
  const service = named(inventory, 'Service', { ...workload, name });
  if (service === undefined) return [`Service '${name}' is not among the manifests`];
  const { clusterIP } = specOf<ServiceSpec>(service);
  return [
    ...when(clusterIP !== 'None', `Service '${name}' has clusterIP ${got(clusterIP)}`),
    ...when(!backendsOf(service, inventory).includes(workload), `Service '${name}' does not select its pods`),
  ];
};

const CHECKS: readonly Check<Workload>[] = [
  {
    name: 'selector-mismatch',
    problems: ({ kind, spec, podLabels }) => {
      if (!selfSelecting.has(kind)) return [];
      const { selector = {} } = spec;
      return when(!selects(selector, podLabels), `its pods have not what it selects, ${selectorText(selector)}`);
    },
    repair: 'give the template the labels of the selector',
  },
  {
    name: 'overlapping-selectors',
    problems: (workload, inventory) =>
      othersSelected(workload, inventory).map(({ kind, name }) => `it selects the pods of ${kind} ${name} as well`),
    repair: 'select by a label that differs, such as app.kubernetes.io/name',
  },
  {
    name: 'stateful-service',
    problems: serviceProblems,
    repair: 'name a Service without an address (clusterIP None) that selects these pods: it gives each its name',
  },
  {
    name: 'endless-job',
    problems: ({ kind, spec }) =>
      when(kind === 'Job' && spec.ttlSecondsAfterFinished === undefined, 'ttlSecondsAfterFinished is unset'),
    repair: 'set it, so that a finished Job goes away',
  },
];

/** Workloads know their own pods, and those alone. */
export const workloadChecks = checksOf(({ workloads }) => workloads, CHECKS);
