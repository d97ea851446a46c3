import { DashboardBuilder, DashboardCursorSync } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Thresholds } from '#catalog';
import { type AnnotationDefinition, annotation } from './annotations.ts';
import type { DatasourceRef } from './datasources.ts';
import { layout, type Place, type Size, TALL } from './grid.ts';
import type { Link } from './links.ts';
import type { Panel } from './panel.ts';
import { type PlainObject, plain } from './plain.ts';
import type { Context } from './targets.ts';
import { conditionsOf, streamsOf, templateVariables, type Variable } from './variables.ts';

/** A finished dashboard: its identity, which is public API, and its JSON. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** A panel with its size. */
export interface Cell extends Size {
  readonly panel: Panel;
}

/** Panels under a row title. */
export interface Row {
  readonly title: string;
  readonly cells: readonly Cell[];
}

/** What a dashboard is built from. */
export interface DashboardDefinition {
  readonly uid: string;
  readonly title: string;
  /** The questions that the dashboard answers; Grafana shows it in the list of dashboards. */
  readonly description: string;
  /** Tags in addition to `tidewatch`. @default - none */
  readonly tags?: readonly string[];
  /** Its datasources, each selected by a variable; dashboard-linter checks the first. */
  readonly datasources: readonly [DatasourceRef, ...DatasourceRef[]];
  /** Its template variables, besides those of the datasources. */
  readonly variables: readonly Variable[];
  /** @default - none */
  readonly annotations?: readonly AnnotationDefinition[];
  /** Links in the dashboard's header. @default - only the one to the other dashboards */
  readonly links?: readonly Link[];
  readonly rows: readonly Row[];
}

/** A panel with a width, and a height if it is no graph. */
export const span = (width: number, panel: Panel, height: number = TALL): Cell => ({ width, height, panel });

/** A titled row of panels. */
export const row = (title: string, cells: readonly Cell[]): Row => ({ title, cells });

/** The tag of every dashboard of this repository. */
const TAG = 'tidewatch';

/** The schema version that the Foundation SDK writes; Grafana migrates older ones when it loads a dashboard. */
const SCHEMA_VERSION = 42;

/** The panel id of the first row title; the catalog's panel ids are lower. */
const FIRST_ROW_ID = 1_000;

/**
 * Declares a dashboard: a function that builds it with the threshold lines of the active alerts.
 *
 * @throws when a panel occurs twice or belongs to another dashboard
 */
export const dashboard =
  (definition: DashboardDefinition) =>
  (thresholds: Thresholds): Dashboard => {
    const { uid, title, rows, datasources, variables, annotations = [], links = [] } = definition;
    assertOwnPanels(definition);
    const json = plain({
      ...frame(definition),
      annotations: { list: annotations.map(annotation) },
      links: [...links.map(outward), OTHER_DASHBOARDS],
      panels: placed(rows, { thresholds, conditions: conditionsOf(variables), streams: streamsOf(variables) }),
      schemaVersion: SCHEMA_VERSION,
      templating: { list: templateVariables(datasources, variables) },
    });
    return { uid, title, json };
  };

const frame = ({ uid, title, description, tags = [] }: DashboardDefinition): object =>
  new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG, ...tags])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .build();

const placed = (rows: readonly Row[], context: Context): readonly object[] =>
  layout(rows.map(({ cells }) => cells)).flatMap(({ title, panels }, index) => {
    const { title: text, cells } = rows[index] as Row;
    return [
      titleOf(text, FIRST_ROW_ID + index, title),
      ...cells.map(({ panel }, cell) => ({ ...panel.build(context), gridPos: panels[cell] })),
    ];
  });

const titleOf = (title: string, id: number, gridPos: Place): object => ({
  type: 'row',
  id,
  title,
  collapsed: false,
  gridPos,
  panels: [],
});

const assertOwnPanels = ({ uid, rows }: DashboardDefinition): void => {
  const ids = rows.flatMap(({ cells }) => cells.map(({ panel }) => panel.id));
  const foreign = ids.find(({ dashboard: owner }) => owner !== uid);
  if (foreign !== undefined)
    throw new Error(
      `panel ${foreign.id} of '${foreign.dashboard}' is on '${uid}'; take a panel id of '${uid}' from the catalog`,
    );
  const repeated = ids.find(({ id }, index) => ids.findIndex((one) => one.id === id) !== index);
  if (repeated !== undefined)
    throw new Error(`panel ${repeated.id} is on '${uid}' twice; drop one, or give it a panel id of its own`);
};

const outward = ({ title, url }: Link): PlainObject => ({
  type: 'link',
  title,
  url,
  icon: 'external link',
  tooltip: '',
  tags: [],
  asDropdown: false,
  targetBlank: false,
  includeVars: false,
  keepTime: false,
});

const OTHER_DASHBOARDS: PlainObject = {
  type: 'dashboards',
  title: 'Tidewatch dashboards',
  url: '',
  icon: 'external link',
  tooltip: '',
  tags: [TAG],
  asDropdown: true,
  targetBlank: false,
  includeVars: true,
  keepTime: true,
};
