import type { LogqlParts } from '#logql';
import type { KnownSeries } from '#promql';
import type { CheckContext, Expression, Queries, Read } from '../queries/queries.ts';

/** A dashboard as Grafana's file provisioning reads it. */
export interface DashboardFile {
  readonly uid: string;
  readonly json: object;
}

/** A reference to a datasource; a uid may be a variable. */
interface DatasourceJson {
  readonly type?: string;
  readonly uid?: string;
}

/** The part of a dashboard's JSON that checks read. */
interface DashboardJson {
  readonly title?: string;
  readonly editable?: boolean;
  readonly panels?: readonly PanelJson[];
  readonly templating?: { readonly list?: readonly VariableJson[] };
  readonly annotations?: { readonly list?: readonly AnnotationJson[] };
}

/** The position and size of a panel on the grid. */
export interface GridPosJson {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A query of a panel. */
interface TargetJson {
  readonly refId?: string;
  readonly expr?: string;
  readonly panelId?: number;
  readonly legendFormat?: string;
  readonly datasource?: DatasourceJson;
}

/** The settings of the fields that a matcher selects. */
interface OverrideJson {
  readonly matcher?: { readonly id?: string; readonly options?: unknown };
  readonly properties?: readonly { readonly id?: string; readonly value?: unknown }[];
}

/** The settings of all fields of a panel. */
interface FieldConfigJson {
  readonly defaults?: {
    readonly unit?: string;
    readonly mappings?: readonly unknown[] | null;
    readonly thresholds?: { readonly steps?: readonly { readonly value?: number | null }[] };
  };
  readonly overrides?: readonly OverrideJson[];
}

/** A panel, or a row with its collapsed panels. */
export interface PanelJson {
  readonly id?: number;
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly gridPos?: GridPosJson;
  readonly datasource?: DatasourceJson;
  readonly targets?: readonly TargetJson[];
  readonly fieldConfig?: FieldConfigJson;
  readonly options?: { readonly reduceOptions?: { readonly fields?: string } };
  readonly repeat?: string;
  readonly panels?: readonly PanelJson[];
}

/** A variable of a dashboard; a datasource variable's query is the datasource's type. */
export interface VariableJson {
  readonly name?: string;
  readonly type?: string;
  readonly label?: string;
  readonly query?: string | { readonly query?: string };
  readonly datasource?: DatasourceJson;
  readonly multi?: boolean;
  readonly allValue?: string | null;
  readonly refresh?: number;
}

/** An annotation query. */
export interface AnnotationJson {
  readonly name?: string;
  readonly expr?: string;
  readonly datasource?: DatasourceJson;
}

/** The JSON of a dashboard, as checks read it. */
const jsonOf = ({ json }: DashboardFile): DashboardJson => json as DashboardJson;

/** Every panel of a dashboard, rows and the panels in them included. */
export const panelsOf = (dashboard: DashboardFile): readonly PanelJson[] => flattened(jsonOf(dashboard).panels ?? []);

const flattened = (panels: readonly PanelJson[]): readonly PanelJson[] =>
  panels.flatMap((panel) => [panel, ...flattened(panel.panels ?? [])]);

/** The text of a variable's query. */
export const queryOf = ({ query }: VariableJson): string | undefined =>
  typeof query === 'object' ? query.query : query;

/** A dashboard as checks read it. */
export interface DashboardView {
  readonly path: string;
  readonly json: DashboardJson;
  readonly panels: readonly PanelView[];
  readonly targets: readonly TargetView[];
  readonly variables: readonly VariableJson[];
  readonly annotations: readonly AnnotationJson[];
  /** The type of the first datasource variable, which tells dashboard-linter the language of the queries. */
  readonly mainSource: string | undefined;
  /** The uids that refer to a datasource variable. */
  readonly sources: ReadonlySet<string>;
  readonly queries: Queries;
  readonly known: KnownSeries;
}

/** A panel with its path. */
export interface PanelView {
  readonly path: string;
  readonly panel: PanelJson;
  readonly dashboard: DashboardView;
}

/** A query of a panel with its path. */
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

/** A dashboard with its panels and queries, each text parsed once. */
export const viewOf = (file: DashboardFile, { queries, known }: CheckContext): DashboardView => {
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
