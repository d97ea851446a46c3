import { print } from '#promql';
import { type Alert, thresholdValue } from './alert.ts';
import type { AlertGroup, Rule } from './group.ts';
import type { Recording } from './record.ts';

/** Where the links of an alert lead. */
export interface LinkBases {
  /**
   * The address of the runbooks: the alert's name is put in place of `{alert}`, or else at its end.
   * @default - no runbook links
   */
  readonly runbookBaseUrl?: string | undefined;
  /** The address of Grafana. @default - no dashboard links */
  readonly dashboardBaseUrl?: string | undefined;
}

/** A rule as Prometheus reads it. @see https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/#rule */
export type RuleEntry =
  | {
      readonly alert: string;
      readonly expr: string;
      readonly for?: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    }
  | { readonly record: string; readonly expr: string; readonly labels: Readonly<Record<string, string>> };

/** The content of a rule file as Prometheus reads it. */
export interface RuleFileContent {
  readonly groups: readonly { readonly name: string; readonly rules: readonly RuleEntry[] }[];
}

/** A rule file: its name without folder and extension, and its content. */
export interface RuleFile {
  readonly name: string;
  readonly content: RuleFileContent;
}

/** One rule file a group. */
export const ruleFiles = (groups: readonly AlertGroup[], links: LinkBases = {}): readonly RuleFile[] =>
  groups.map(({ name, rules }) => ({
    name,
    content: { groups: [{ name, rules: rules.map((rule) => entry(rule, links)) }] },
  }));

const entry = (rule: Rule, links: LinkBases): RuleEntry =>
  rule.kind === 'record' ? recordEntry(rule) : alertEntry(rule, links);

const recordEntry = ({ series, expr, labels }: Recording): RuleEntry => ({
  record: series,
  expr: print(expr()),
  labels,
});

const alertEntry = (alert: Alert, links: LinkBases): RuleEntry => ({
  alert: alert.name,
  expr: print(alert.expr(thresholdValue(alert))),
  ...(alert.for === null ? {} : { for: alert.for }),
  labels: { severity: alert.severity, ...alert.labels },
  annotations: annotations(alert, links),
});

const annotations = (alert: Alert, links: LinkBases): Readonly<Record<string, string>> => ({
  summary: alert.summary(thresholdValue(alert)),
  description: alert.description(thresholdValue(alert)),
  action: alert.action,
  ...runbookLink(alert, links),
  ...dashboardLink(alert, links),
});

const PLACE = '{alert}';

/** The Watchdog has no runbook: it asks nobody to act. */
const runbookLink = ({ name, severity }: Alert, { runbookBaseUrl }: LinkBases): { runbook_url?: string } => {
  if (runbookBaseUrl === undefined || severity === 'none') return {};
  return {
    runbook_url: runbookBaseUrl.includes(PLACE)
      ? runbookBaseUrl.replaceAll(PLACE, name)
      : `${withoutSlash(runbookBaseUrl)}/${name}`,
  };
};

const dashboardLink = ({ panel, links }: Alert, { dashboardBaseUrl }: LinkBases): { dashboard_url?: string } => {
  if (dashboardBaseUrl === undefined || panel === null) return {};
  const variables = links.map((label) => `&var-${label}={{ $labels.${label} | urlquery }}`).join('');
  return {
    dashboard_url: `${withoutSlash(dashboardBaseUrl)}/d/${panel.dashboard}?viewPanel=${panel.id}${variables}`,
  };
};

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
