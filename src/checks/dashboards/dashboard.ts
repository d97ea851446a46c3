import { runAll } from '../check.ts';
import type { Finding } from '../finding.ts';
import { CATALOG_CHECKS } from '../queries/catalog-checks.ts';
import { EXPRESSION_CHECKS } from '../queries/expression-checks.ts';
import { LOG_CHECKS } from '../queries/log-checks.ts';
import type { AnnotationJson, DashboardFile, VariableJson } from './dashboard-json.ts';
import {
  type DashboardView,
  expressionOf,
  partsOfTarget,
  type TargetView,
  type Viewing,
  viewOf,
} from './dashboard-view.ts';
import { DASHBOARD_CHECKS } from './layout-checks.ts';
import { LEGEND_CHECKS } from './legend-checks.ts';
import { PANEL_CHECKS } from './panel-checks.ts';
import { TARGET_CHECKS } from './target-checks.ts';
import { selectorOfVariable, TEMPLATE_CHECKS } from './template-checks.ts';
import { UNIT_CHECKS } from './unit-checks.ts';
import { VARIABLE_CHECKS } from './variable-checks.ts';

/** Everything that does not hold of a dashboard by itself. */
export const dashboardFindings = (file: DashboardFile, viewing: Viewing): readonly Finding[] => {
  const view = viewOf(file, viewing);
  return [
    ...runAll(TEMPLATE_CHECKS, view),
    ...runAll(DASHBOARD_CHECKS, view),
    ...runAll(VARIABLE_CHECKS, view),
    ...view.panels.flatMap((panel) => runAll(PANEL_CHECKS, panel)),
    ...view.targets.flatMap(targetFindings),
    ...view.variables.flatMap((variable) => variableFindings(variable, view)),
    ...view.annotations.flatMap((annotation) => annotationFindings(annotation, view)),
  ];
};

const targetFindings = (target: TargetView): readonly Finding[] => [
  ...runAll(TARGET_CHECKS, target),
  ...runAll(UNIT_CHECKS, target),
  ...runAll(LEGEND_CHECKS, target),
  ...expressionFindings(target),
  ...logFindings(target),
];

const expressionFindings = (target: TargetView): readonly Finding[] => {
  const expression = expressionOf(target);
  if (expression === undefined) return [];
  const { path, target: json, panel, dashboard } = target;
  const texts = [json.legendFormat, panel.title].filter((text) => text !== undefined);
  return runAll([...EXPRESSION_CHECKS, ...CATALOG_CHECKS], { ...expression, path, texts, known: dashboard.known });
};

const logFindings = (target: TargetView): readonly Finding[] => {
  const parts = partsOfTarget(target);
  return parts === undefined ? [] : runAll(LOG_CHECKS, { path: target.path, parts, ofPanel: true });
};

/** Whether the query of a variable is PromQL is for the rules of templates to say. */
const variableFindings = (variable: VariableJson, { path, queries, known }: DashboardView): readonly Finding[] => {
  const selector = variable.type === 'query' ? selectorOfVariable(variable) : undefined;
  const read = selector === undefined ? undefined : queries.promql(selector);
  if (read === undefined || read.fault !== undefined) return [];
  return runAll([...EXPRESSION_CHECKS, ...CATALOG_CHECKS], {
    ...read.says,
    path: `${path}/variables/${variable.name}`,
    texts: [],
    known,
  });
};

const annotationFindings = (
  { name, expr, datasource }: AnnotationJson,
  { path: at, queries, known }: DashboardView,
): readonly Finding[] => {
  if (expr === undefined) return [];
  const path = `${at}/annotations/${name}`;
  if (datasource?.type === 'prometheus') {
    const read = queries.promql(expr);
    return read.fault === undefined
      ? runAll([...EXPRESSION_CHECKS, ...CATALOG_CHECKS], { ...read.says, path, texts: [], known })
      : [{ path, ...read.fault }];
  }
  const read = queries.logql(expr);
  return read.fault === undefined
    ? runAll(LOG_CHECKS, { path, parts: read.says, ofPanel: false })
    : [{ path, ...read.fault }];
};
