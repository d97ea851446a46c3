import type { Duration } from '#catalog';
import type { Alert } from './alert.ts';
import { type AlertGroup, alertsOf, type Rule } from './group.ts';

/** What a configuration may change about one alert. */
export interface AlertOverride {
  /** In the unit of the alert's panel. @default - the alert's own */
  readonly threshold?: number;
  /** How long its condition holds before it fires. @default - the alert's own */
  readonly for?: Duration;
  /** `page` wakes somebody, `ticket` waits for working hours. @default - the alert's own */
  readonly severity?: 'page' | 'ticket';
  /** The receiver that gets the alert. @default - its severity's */
  readonly receiver?: string;
  /** Leaves the alert out. @default - it stays */
  readonly drop?: true;
}

/** Overrides by the name of their alert. */
export type AlertOverrides = Readonly<Record<string, AlertOverride | undefined>>;

/**
 * The groups with overrides applied; a group that loses all its rules is left out.
 *
 * @throws when an override names no alert, or changes the Watchdog otherwise than by dropping it
 */
export const applyOverrides = (groups: readonly AlertGroup[], overrides: AlertOverrides): readonly AlertGroup[] => {
  const problems = problemsOf(groups, overrides);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return groups
    .map(({ name, rules }) => ({ name, rules: rules.flatMap((rule) => overridden(rule, overrides)) }))
    .filter(({ rules }) => rules.length > 0);
};

const problemsOf = (groups: readonly AlertGroup[], overrides: AlertOverrides): readonly string[] => {
  const alerts = new Map(alertsOf(groups).map((alert) => [alert.name, alert]));
  return Object.entries(overrides).flatMap(([name, override]) => {
    const alert = alerts.get(name);
    if (alert === undefined) return [`no alert is called '${name}'; name one of ${[...alerts.keys()].join(', ')}`];
    return override === undefined ? [] : unfitting(alert, override);
  });
};

const unfitting = ({ name, threshold }: Alert, { drop, ...changes }: AlertOverride): readonly string[] =>
  threshold === null && !drop && Object.keys(changes).length > 0
    ? [
        `'${name}' proves that alerting works and has nothing to override, got ${Object.keys(changes)}; drop it or leave it`,
      ]
    : [];

const overridden = (rule: Rule, overrides: AlertOverrides): readonly Rule[] => {
  if (rule.kind === 'record') return [rule];
  const override = overrides[rule.name];
  if (override === undefined) return [rule];
  return override.drop ? [] : [changed(rule, override)];
};

const changed = (alert: Alert, { threshold, for: duration, severity, receiver }: AlertOverride): Alert => ({
  ...alert,
  threshold:
    threshold === undefined || alert.threshold === null ? alert.threshold : { ...alert.threshold, value: threshold },
  for: duration ?? alert.for,
  severity: severity ?? alert.severity,
  receiver: receiver ?? alert.receiver,
});
