import { nearest } from '#catalog';
import { type Problem, pathText, show, valueAt } from './problems.ts';

/** Receivers that exist without being declared. */
const BUILT_IN = ['page', 'ticket'];

const keysAt = (input: unknown, path: readonly string[]): readonly string[] => {
  const value = valueAt(input, path);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
};

const suggestion = (word: string, known: readonly string[], otherwise: string): string => {
  const near = nearest(word, known);
  return near === undefined ? otherwise : `did you mean '${near}'?`;
};

const overrideProblems = (
  input: unknown,
  alert: string,
  { alerts, receivers }: { readonly alerts: readonly string[]; readonly receivers: readonly string[] },
): readonly Problem[] => {
  const path = ['alerts', 'override', alert];
  const receiver = valueAt(input, [...path, 'receiver']);
  const unknownAlert: Problem = {
    path: pathText(path),
    problem: 'must name an alert',
    got: show(alert),
    repair: suggestion(alert, alerts, `known: ${alerts.join(', ')}`),
  };
  const unknownReceiver: Problem = {
    path: pathText([...path, 'receiver']),
    problem: 'must name a declared receiver',
    got: show(receiver),
    repair: suggestion(
      String(receiver),
      receivers,
      `declare it under alertmanager.receivers, or use one of ${receivers.join(', ')}`,
    ),
  };
  return [
    ...(alerts.includes(alert) ? [] : [unknownAlert]),
    ...(typeof receiver === 'string' && !receivers.includes(receiver) ? [unknownReceiver] : []),
  ];
};

/** A setting that makes no sense beside another one. */
interface Contradiction {
  readonly path: readonly string[];
  readonly must: string;
  readonly repair: string;
  /** Tells whether the value at the path contradicts the input. */
  readonly wrong: (value: unknown, input: unknown) => boolean;
}

const CONTRADICTIONS: readonly Contradiction[] = [
  {
    path: ['proxy', 'replicas'],
    must: 'given without proxy.autoscaling, which decides the number',
    repair: 'keep one of them; autoscaling.min is the fewest replicas',
    wrong: (replicas, input) => replicas !== undefined && valueAt(input, ['proxy', 'autoscaling']) !== undefined,
  },
  {
    path: ['grafana', 'replicas'],
    must: '1 without grafana.database, because each would have users and settings of its own',
    repair: 'set grafana.database or remove it',
    wrong: (replicas, input) => Number(replicas) > 1 && valueAt(input, ['grafana', 'database']) === undefined,
  },
  {
    path: ['prometheus', 'replicaLabel'],
    must: 'another label than those of prometheus.externalLabels',
    repair: 'rename one of them; its value is the name of the pod',
    wrong: (label = 'prometheus_replica', input) =>
      keysAt(input, ['prometheus', 'externalLabels']).includes(String(label)),
  },
];

const contradictions = (input: unknown): readonly Problem[] =>
  CONTRADICTIONS.flatMap(({ path, must, repair, wrong }) => {
    const value = valueAt(input, path);
    return wrong(value, input) ? [{ path: pathText(path), problem: `must be ${must}`, got: show(value), repair }] : [];
  });

/** What does not fit together: read from the raw input, so that it is told beside every other problem. */
export const referenceProblems = (
  input: unknown,
  known: { readonly alerts: readonly string[] },
): readonly Problem[] => {
  const receivers = [...new Set([...BUILT_IN, ...keysAt(input, ['alertmanager', 'receivers'])])];
  const overrides = keysAt(input, ['alerts', 'override']).flatMap((alert) =>
    overrideProblems(input, alert, { alerts: known.alerts, receivers }),
  );
  return [...overrides, ...contradictions(input)];
};
