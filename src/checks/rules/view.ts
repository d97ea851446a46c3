import { toSeconds } from '#catalog';
import type { KnownSeries } from '#promql';
import type { CheckContext, Expression, Read } from '../queries/queries.ts';

/** An alert as Prometheus reads it. @see https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A recording rule as Prometheus reads it. */
export interface RecordRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Rules that are evaluated together. */
export interface RuleGroup {
  readonly name: string;
  readonly interval?: string;
  readonly rules: readonly (AlertRule | RecordRule)[];
}

/** A rule file as Prometheus reads it. */
export interface Rules {
  readonly name: string;
  readonly content: { readonly groups: readonly RuleGroup[] };
}

/** A rule as checks read it. */
export interface RuleView {
  readonly path: string;
  readonly rule: AlertRule | RecordRule;
  readonly group: RuleGroup;
  readonly read: Read<Expression>;
  readonly known: KnownSeries;
}

/** An alert whose expression parses. */
export interface AlertView extends Expression {
  readonly path: string;
  readonly rule: AlertRule;
  readonly known: KnownSeries;
}

/** The rules of a file, each text parsed once. */
export const ruleViewsOf = ({ name, content }: Rules, { queries, known }: CheckContext): readonly RuleView[] =>
  content.groups.flatMap((group) =>
    group.rules.map((rule) => ({
      path: `alerts/${name}/${'alert' in rule ? rule.alert : rule.record}`,
      rule,
      group,
      read: queries.promql(rule.expr),
      known,
    })),
  );

/** A rule as an alert; none where it records a series or does not parse. */
export const alertViewsOf = ({ path, rule, read, known }: RuleView): readonly AlertView[] =>
  'alert' in rule && read.fault === undefined ? [{ ...read.says, path, rule, known }] : [];

/** The length of a duration in seconds; NaN where it is not valid. */
export const secondsOf = (duration: string): number => {
  try {
    return toSeconds(duration);
  } catch {
    return Number.NaN;
  }
};
