import { dashboardFindings } from './dashboard.ts';
import type { Finding } from './finding.ts';
import { knownSeries } from './known-series.ts';
import { parsedOnce } from './queries.ts';
import { ruleFindings, stackFindings } from './rule-file.ts';
import { ruleViewsOf } from './rule-view.ts';
import type { Content } from './stack-checks.ts';

/** Everything that does not hold of the dashboards and rules of a stack, each query parsed once. */
export const checkContent = (content: Content): readonly Finding[] => {
  const viewing = { queries: parsedOnce(), known: knownSeries(content.metrics) };
  return [
    ...content.dashboards.flatMap((file) => dashboardFindings(file, viewing)),
    ...content.rules.flatMap((file) => ruleFindings(ruleViewsOf(file, viewing))),
    ...stackFindings(content, viewing),
  ];
};
