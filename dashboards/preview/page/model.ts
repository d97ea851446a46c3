import type { DataTransformerConfig, FieldConfigSource, ScopedVars } from '@grafana/data';

/** Columns of the grid of a dashboard. */
export const GRID_COLUMNS = 24;
/** Height of a cell of the grid and the space between two of them, in pixels; those of Grafana. */
export const GRID_CELL = 30;
export const GRID_GAP = 8;

/** Where a panel stands, in cells. */
export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A link of a panel or of a dashboard. */
export interface DashboardLink {
  readonly title: string;
  /** With variables in it. */
  readonly url: string;
  readonly targetBlank: boolean;
}

/** A query of a panel. */
export interface PanelTarget {
  readonly refId: string;
  readonly format: string;
  readonly legendFormat: string;
  readonly hidden: boolean;
}

/** Options of a panel; each kind reads its own. */
export type PanelOptions = Readonly<Record<string, unknown>>;

/** A panel with all that its file may leave out filled in. */
export interface PanelModel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  /** Markdown with variables in it. */
  readonly description: string;
  readonly transparent: boolean;
  readonly position: GridPosition;
  readonly options: PanelOptions;
  readonly fieldConfig: FieldConfigSource;
  readonly targets: readonly PanelTarget[];
  readonly transformations: readonly DataTransformerConfig[];
  readonly links: readonly DashboardLink[];
  /** What a copy of a repeated panel is for, by variable. */
  readonly scopedVars: ScopedVars;
}

/** A row and the panels below it; the panels above the first row have none. */
export interface Section {
  readonly row: { readonly id: number; readonly title: string; readonly collapsed: boolean } | null;
  readonly panels: readonly PanelModel[];
}

/** A variable in the top bar. */
export interface VariableModel {
  readonly name: string;
  readonly label: string;
  /** As in the dashboard's file: 0 shows all, 1 hides the label, 2 hides the variable. */
  readonly hide: number;
}

/** An annotation query, as far as panels choose among them. */
export interface AnnotationModel {
  readonly name: string;
  /** Ids of panels; `exclude` turns the list round. */
  readonly filter: { readonly exclude: boolean; readonly ids: readonly number[] } | null;
}

/** A classic dashboard with all that its file may leave out filled in. */
export interface DashboardModel {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** `browser`, `utc` or a name of the IANA database. */
  readonly timeZone: string;
  readonly sections: readonly Section[];
  readonly links: readonly DashboardLink[];
  readonly variables: readonly VariableModel[];
  readonly annotations: readonly AnnotationModel[];
}
