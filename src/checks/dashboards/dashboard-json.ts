/** A dashboard as Grafana's file provisioning reads it. */
export interface DashboardFile {
  readonly uid: string;
  readonly json: object;
}

/** A reference to a datasource; a uid may be a variable. */
export interface DatasourceJson {
  readonly type?: string;
  readonly uid?: string;
}

/** What the checks read of a dashboard's JSON; everything else may be there as well. */
export interface DashboardJson {
  readonly title?: string;
  readonly editable?: boolean;
  readonly panels?: readonly PanelJson[];
  readonly templating?: { readonly list?: readonly VariableJson[] };
  readonly annotations?: { readonly list?: readonly AnnotationJson[] };
}

/** Where a panel is on the grid. */
export interface PlaceJson {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A query of a panel. */
export interface TargetJson {
  readonly refId?: string;
  readonly expr?: string;
  readonly panelId?: number;
  readonly legendFormat?: string;
  readonly datasource?: DatasourceJson;
}

/** What a panel says of fields that a matcher finds. */
export interface OverrideJson {
  readonly matcher?: { readonly id?: string; readonly options?: unknown };
  readonly properties?: readonly { readonly id?: string; readonly value?: unknown }[];
}

/** How a panel shows its fields. */
export interface FieldConfigJson {
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
  readonly gridPos?: PlaceJson;
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

/** Marks on all graphs. */
export interface AnnotationJson {
  readonly name?: string;
  readonly expr?: string;
  readonly datasource?: DatasourceJson;
}

/** A dashboard's JSON as far as it is read. */
export const jsonOf = ({ json }: DashboardFile): DashboardJson => json as DashboardJson;

/** Every panel of a dashboard, those in rows included. */
export const panelsOf = (dashboard: DashboardFile): readonly PanelJson[] => flattened(jsonOf(dashboard).panels ?? []);

const flattened = (panels: readonly PanelJson[]): readonly PanelJson[] =>
  panels.flatMap((panel) => [panel, ...flattened(panel.panels ?? [])]);

/** The text of a variable's query. */
export const queryOf = ({ query }: VariableJson): string | undefined =>
  typeof query === 'object' ? query.query : query;
