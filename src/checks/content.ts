import { knownSeries } from '#promql';
import { dashboardFindings } from './dashboards/dashboard.ts';
import type { Finding } from './finding.ts';
import { parsedOnce } from './queries/queries.ts';
import { ruleFindings, stackFindings } from './rules/rule-file.ts';
import { ruleViewsOf } from './rules/rule-view.ts';
import type { Content } from './rules/stack-checks.ts';

/** Everything that does not hold of the dashboards and rules of a stack, each query parsed once. */
export const checkContent = (content: Content): readonly Finding[] => {
  const viewing = { queries: parsedOnce(), known: knownSeries(content.metrics) };
  return [
    ...content.dashboards.flatMap((file) => dashboardFindings(file, viewing)),
    ...content.rules.flatMap((file) => ruleFindings(ruleViewsOf(file, viewing))),
    ...stackFindings(content, viewing),
  ];
};
