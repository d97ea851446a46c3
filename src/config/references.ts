import { nearest } from './nearest.ts';
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

/** Names that point to nothing: read from the raw input, so that they are told beside every other problem. */
export const referenceProblems = (
  input: unknown,
  known: { readonly alerts: readonly string[] },
): readonly Problem[] => {
  const receivers = [...new Set([...BUILT_IN, ...keysAt(input, ['alertmanager', 'receivers'])])];
  return keysAt(input, ['alerts', 'override']).flatMap((alert) =>
    overrideProblems(input, alert, { alerts: known.alerts, receivers }),
  );
};
