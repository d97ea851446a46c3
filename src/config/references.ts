import type { AlertName } from '#alerts';
import { didYouMean, nearest } from '#catalog';
import { type Problem, pathText, show, valueAt } from './problems.ts';

/** Receivers that exist without being declared. */
const BUILT_IN = ['page', 'ticket'];

const keysAt = (input: unknown, path: readonly string[]): readonly string[] => {
  const value = valueAt(input, path);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
};

/** Always fires to prove that alerting works, so there is nothing to change about it. */
const WATCHDOG: AlertName = 'Watchdog';

const alertProblems = (input: unknown, alert: string, alerts: readonly string[]): readonly Problem[] => {
  const path = ['alerts', 'override', alert];
  const changes = keysAt(input, path).filter((key) => key !== 'drop');
  if (!alerts.includes(alert))
    return [
      { path: pathText(path), problem: 'must name an alert', received: show(alert), fix: didYouMean(alert, alerts) },
    ];
  if (alert !== WATCHDOG || changes.length === 0) return [];
  const fix = 'drop it or remove the override: the Watchdog proves that alerting works';
  return [{ path: pathText(path), problem: 'can only be dropped', received: changes.join(', '), fix }];
};

/** How to declare a receiver, ready to copy. */
const declaration = (receiver: string): string =>
  `declare it, such as alertmanager: { receivers: { ${/^[a-z]+$/.test(receiver) ? receiver : `'${receiver}'`}: [{ type: 'slack', urlKey: 'slack-url' }] } }`;

const receiverProblems = (input: unknown, alert: string, receivers: readonly string[]): readonly Problem[] => {
  const path = ['alerts', 'override', alert, 'receiver'];
  const receiver = valueAt(input, path);
  if (typeof receiver !== 'string' || receivers.includes(receiver)) return [];
  const near = nearest(receiver, receivers);
  return [
    {
      path: pathText(path),
      problem: 'must name a declared receiver',
      received: show(receiver),
      fix:
        near === undefined
          ? `${declaration(receiver)}, or use one of ${receivers.join(', ')}`
          : `did you mean '${near}'?`,
    },
  ];
};

/** A setting that contradicts another one. */
interface Contradiction {
  readonly path: readonly string[];
  readonly must: string;
  readonly fix: string;
  readonly isWrong: (value: unknown, input: unknown) => boolean;
}

const CONTRADICTIONS: readonly Contradiction[] = [
  {
    path: ['proxy', 'replicas'],
    must: 'left out when proxy.autoscaling is set, which decides the number',
    fix: 'keep one of them; autoscaling.min is the minimum number of replicas',
    isWrong: (replicas, input) => replicas !== undefined && valueAt(input, ['proxy', 'autoscaling']) !== undefined,
  },
  {
    path: ['network', 'egressProxy'],
    must: 'set when proxy.httpsProxy is, because network policies select peers and not names',
    fix: "write { namespace: 'egress', podLabels: { app: 'squid' }, port: 3128 } or { cidrs: ['192.0.2.7/32'], port: 3128 }",
    isWrong: (peer, input) => peer === undefined && valueAt(input, ['proxy', 'httpsProxy']) !== undefined,
  },
  {
    path: ['proxy', 'noProxy'],
    must: 'left out without proxy.httpsProxy',
    fix: 'set proxy.httpsProxy or remove proxy.noProxy',
    isWrong: (hosts, input) => hosts !== undefined && valueAt(input, ['proxy', 'httpsProxy']) === undefined,
  },
  {
    path: ['grafana', 'replicas'],
    must: '1 without grafana.database, because each replica would have its own users and settings',
    fix: 'set grafana.database or remove grafana.replicas',
    isWrong: (replicas, input) => Number(replicas) > 1 && valueAt(input, ['grafana', 'database']) === undefined,
  },
  {
    path: ['prometheus', 'replicaLabel'],
    must: 'a label that is not in prometheus.externalLabels',
    fix: 'rename one of them; the value of replicaLabel is the name of the pod',
    isWrong: (label = 'prometheus_replica', input) =>
      keysAt(input, ['prometheus', 'externalLabels']).includes(String(label)),
  },
];

const contradictions = (input: unknown): readonly Problem[] =>
  CONTRADICTIONS.flatMap(({ path, must, fix, isWrong }) => {
    const value = valueAt(input, path);
    return isWrong(value, input)
      ? [{ path: pathText(path), problem: `must be ${must}`, received: show(value), fix }]
      : [];
  });

const systemProblems = (input: unknown, systems: readonly string[]): readonly Problem[] =>
  keysAt(input, ['systems'])
    .filter((name) => !systems.includes(name))
    .map((name) => ({
      path: pathText(['systems', name]),
      problem: 'must name a system that this stack does not deploy',
      received: show(name),
      fix: systems.length === 0 ? 'add it to src/systems.ts, or remove it' : didYouMean(name, systems),
    }));

/** Settings that do not fit together, read from the raw input so that they are reported with all other problems. */
export const referenceProblems = (
  input: unknown,
  known: { readonly alerts: readonly string[]; readonly systems?: readonly string[] },
): readonly Problem[] => {
  const receivers = [...new Set([...BUILT_IN, ...keysAt(input, ['alertmanager', 'receivers'])])];
  const overrides = keysAt(input, ['alerts', 'override']).flatMap((alert) => [
    ...alertProblems(input, alert, known.alerts),
    ...receiverProblems(input, alert, receivers),
  ]);
  return [...overrides, ...systemProblems(input, known.systems ?? []), ...contradictions(input)];
};
