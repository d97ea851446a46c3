// biome-ignore format: one list of types

import type { LogqlParts } from '#logql';
import type { KnownSeries } from '#promql';
import type { Expression, Queries, Read } from '../queries/queries.ts';
import {
  type AnnotationJson,
  type DashboardFile,
  type DashboardJson,
  jsonOf,
  type PanelJson,
  panelsOf,
  type TargetJson,
  type VariableJson,
} from './dashboard-json.ts';

/** A dashboard as its checks see it. */
export interface DashboardView {
  readonly path: string;
  readonly json: DashboardJson;
  readonly panels: readonly PanelView[];
  readonly targets: readonly TargetView[];
  readonly variables: readonly VariableJson[];
  readonly annotations: readonly AnnotationJson[];
  /** The type of the first datasource variable, by which dashboard-linter decides in which language queries are. */
  readonly mainSource: string | undefined;
  /** The uids by which panels can name a datasource variable. */
  readonly sources: ReadonlySet<string>;
  readonly queries: Queries;
  readonly known: KnownSeries;
}

/** A panel with where it is. */
export interface PanelView {
  readonly path: string;
  readonly panel: PanelJson;
  readonly dashboard: DashboardView;
}

/** A query of a panel with where it is. */
export type TargetView = {
  readonly path: string;
  readonly target: TargetJson;
  readonly panel: PanelJson;
  readonly dashboard: DashboardView;
} & (
  | { readonly language: 'PromQL'; readonly read: Read<Expression> }
  | { readonly language: 'LogQL'; readonly read: Read<LogqlParts> }
  | { readonly language: null }
);

/** What the views of a dashboard need besides its file. */
export interface Viewing {
  readonly queries: Queries;
  readonly known: KnownSeries;
}

/** A dashboard with its panels and queries, each text parsed once. */
export const viewOf = (file: DashboardFile, { queries, known }: Viewing): DashboardView => {
  const json = jsonOf(file);
  const path = `dashboards/${file.uid}`;
  const variables = json.templating?.list ?? [];
  const sources = variables.filter(({ type }) => type === 'datasource');
  const panels: PanelView[] = [];
  const targets: TargetView[] = [];
  const dashboard: DashboardView = {
    path,
    json,
    panels,
    targets,
    variables,
    annotations: json.annotations?.list ?? [],
    mainSource: typeof sources[0]?.query === 'string' ? sources[0].query : undefined,
    sources: new Set(sources.flatMap(({ name }) => [`$${name}`, `\${${name}}`])),
    queries,
    known,
  };
  for (const panel of panelsOf(file)) {
    const view = { path: `${path}/${panel.title || `panel ${panel.id ?? 'without id'}`}`, panel, dashboard };
    panels.push(view);
    targets.push(...(panel.targets ?? []).map((target, index) => targetOf(target, index, view)));
  }
  return dashboard;
};

const targetOf = (target: TargetJson, index: number, { path: at, panel, dashboard }: PanelView): TargetView => {
  const { expr = '', refId, datasource } = target;
  const common = { path: `${at}/${refId ?? `query ${index + 1}`}`, target, panel, dashboard };
  switch (datasource?.type ?? panel.datasource?.type ?? 'prometheus') {
    case 'prometheus':
      return { ...common, language: 'PromQL', read: dashboard.queries.promql(expr) };
    case 'loki':
      return { ...common, language: 'LogQL', read: dashboard.queries.logql(expr) };
    default:
      return { ...common, language: null };
  }
};

/** The expression of a target that is PromQL and parses. */
export const expressionOf = (view: TargetView): Expression | undefined =>
  view.language === 'PromQL' && view.read.fault === undefined ? view.read.says : undefined;

/** The parts of a target that is LogQL and parses. */
export const partsOfTarget = (view: TargetView): LogqlParts | undefined =>
  view.language === 'LogQL' && view.read.fault === undefined ? view.read.says : undefined;
