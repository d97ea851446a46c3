import type { Duration } from '#catalog';
import type { Alert } from './alert.ts';
import type { AlertGroup, Rule } from './group.ts';

/** What a configuration may change about one alert; `src/config/alerts.ts` describes each setting. */
export interface AlertOverride {
  readonly threshold?: number;
  readonly for?: Duration;
  readonly severity?: 'page' | 'ticket';
  readonly receiver?: string;
  readonly drop?: true;
}

/** Overrides by the name of their alert. */
export type AlertOverrides = Readonly<Record<string, AlertOverride | undefined>>;

/** The groups with overrides applied, without groups that lose all their rules; `src/config` has validated the overrides. */
export const applyOverrides = (groups: readonly AlertGroup[], overrides: AlertOverrides): readonly AlertGroup[] =>
  groups
    .map(({ name, rules }) => ({ name, rules: rules.flatMap((rule) => overridden(rule, overrides)) }))
    .filter(({ rules }) => rules.length > 0);

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
