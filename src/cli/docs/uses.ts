import { type AlertGroup, type RuleFile, ruleFiles } from '#alerts';
import type { Dashboard } from '#dashboards';
import { anchor } from './markdown.ts';
import { panelsOf } from './panels.ts';

/** Who names a metric, as links. */
export type Uses = (metric: string) => readonly string[];

interface User {
  readonly link: string;
  readonly queries: readonly string[];
}

const rulesOf = (files: readonly RuleFile[]): readonly User[] =>
  files
    .flatMap(({ content }) => content.groups.flatMap(({ rules }) => rules))
    .map((rule) => {
      const name = 'alert' in rule ? rule.alert : rule.record;
      return { link: `[${name}](alerts.md#${anchor(name)})`, queries: [rule.expr] };
    });

const dashboardsOf = (dashboards: readonly Dashboard[]): readonly User[] =>
  dashboards.map((dashboard) => ({
    link: `[${dashboard.title}](dashboards.md#${anchor(dashboard.title)})`,
    queries: panelsOf(dashboard).flatMap(({ queries }) => queries),
  }));

const names = (queries: readonly string[], metric: string): boolean => {
  const series = new RegExp(`(?<![\\w:])${metric}(?:_bucket|_sum|_count)?(?![\\w:])`);
  return queries.some((query) => series.test(query));
};

/** Finds who names a metric: dashboards first, then alerts and recording rules. */
export const usesOf = (groups: readonly AlertGroup[], dashboards: readonly Dashboard[]): Uses => {
  const users = [...dashboardsOf(dashboards), ...rulesOf(ruleFiles(groups))];
  return (metric) => [...new Set(users.filter(({ queries }) => names(queries, metric)).map(({ link }) => link))];
};
