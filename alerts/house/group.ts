import type { Alert } from './alert.ts';
import type { Recording } from './record.ts';

/** A rule of either kind. */
export type Rule = Alert | Recording;

/** Rules that are evaluated together, in their order; the name is the rule file's. */
export interface AlertGroup<R extends readonly Rule[] = readonly Rule[]> {
  readonly name: string;
  readonly rules: R;
}

/** Declares a group and keeps the names of its alerts as types. */
export const group = <const R extends readonly Rule[]>(name: string, rules: R): AlertGroup<R> => ({ name, rules });

/** The alerts of some groups. */
export const alertsOf = (groups: readonly AlertGroup[]): readonly Alert[] =>
  groups.flatMap(({ rules }) => rules).filter((rule) => rule.kind === 'alert');
