import { type Finding, runAll } from '../check.ts';
import { CATALOG_CHECKS } from '../queries/catalog-checks.ts';
import { EXPRESSION_CHECKS } from '../queries/expression-checks.ts';
import { LOG_CHECKS } from '../queries/log-checks.ts';
import type { CheckContext } from '../queries/queries.ts';
import { LAYOUT_CHECKS, PANEL_CHECKS } from './panels.ts';
import { LEGEND_CHECKS, TARGET_CHECKS } from './targets.ts';
import { UNIT_CHECKS } from './units.ts';
import { selectorOfVariable, TEMPLATE_CHECKS, VARIABLE_CHECKS } from './variables.ts';
import {
  type AnnotationJson,
  type DashboardFile,
  type DashboardView,
  expressionOf,
  partsOfTarget,
  type TargetView,
  type VariableJson,
  viewOf,
} from './view.ts';

/** All checks of dashboards, in the order in which documents list them. */
export const DASHBOARD_CHECKS = [
  ...TEMPLATE_CHECKS,
  ...PANEL_CHECKS,
  ...TARGET_CHECKS,
  ...LAYOUT_CHECKS,
  ...VARIABLE_CHECKS,
  ...LEGEND_CHECKS,
  ...UNIT_CHECKS,
];

/** What is wrong with a dashboard by itself. */
export const dashboardFindings = (file: DashboardFile, context: CheckContext): readonly Finding[] => {
  const view = viewOf(file, context);
  return [
    ...runAll([...TEMPLATE_CHECKS, ...LAYOUT_CHECKS, ...VARIABLE_CHECKS], view),
    ...view.panels.flatMap((panel) => runAll(PANEL_CHECKS, panel)),
    ...view.targets.flatMap(targetFindings),
    ...view.variables.flatMap((variable) => variableFindings(variable, view)),
    ...view.annotations.flatMap((annotation) => annotationFindings(annotation, view)),
  ];
};

const targetFindings = (target: TargetView): readonly Finding[] => [
  ...runAll([...TARGET_CHECKS, ...UNIT_CHECKS, ...LEGEND_CHECKS], target),
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

/** A query that is not valid PromQL is reported by `template-label-promql-rule`. */
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
