import type { DataTransformerConfig, FieldConfigSource, ScopedVars } from '@grafana/data';
import { type Fields, fieldsOf, flagOf, listOf, numberOf, textOf } from './json.ts';
import { modern } from './legacy.ts';
import {
  type AnnotationModel,
  type DashboardLink,
  type DashboardModel,
  GRID_COLUMNS,
  type GridPosition,
  type PanelModel,
  type PanelTarget,
  type Section,
  type VariableModel,
} from './model.ts';

/** What Grafana gives a panel without a place. */
const DEFAULT_HEIGHT = 8;
const DEFAULT_WIDTH = 12;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

const positionOf = (json: unknown): GridPosition => {
  const { x, y, w, h } = fieldsOf(json);
  const width = clamp(numberOf(w, DEFAULT_WIDTH), 1, GRID_COLUMNS);
  return {
    x: clamp(numberOf(x, 0), 0, GRID_COLUMNS - width),
    y: Math.max(0, numberOf(y, 0)),
    w: width,
    h: Math.max(1, numberOf(h, DEFAULT_HEIGHT)),
  };
};

/** A file may leave out the url, or have a dashboard's own kind of link. */
const linkOf = (json: Fields): DashboardLink => ({
  title: textOf(json.title) || textOf(json.url) || 'Link',
  url: textOf(json.url),
  targetBlank: flagOf(json.targetBlank),
});

/** The name that Grafana gives a query without one: A, B … */
const refIdOf = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

const targetOf = (json: Fields, index: number): PanelTarget => ({
  refId: textOf(json.refId, refIdOf(index)),
  format: textOf(json.format, 'time_series'),
  legendFormat: textOf(json.legendFormat),
  hidden: flagOf(json.hide),
});

/** The first step has no lower end, which JSON cannot write as a number. */
const thresholds = (json: unknown): Fields => {
  const all = fieldsOf(json);
  const steps = listOf(all.steps).map((step) => ({ ...step, value: step.value ?? Number.NEGATIVE_INFINITY }));
  return { mode: 'absolute', ...all, steps };
};

/** Options that no file's value fits as it is: the formatters of Grafana throw for a negative number of decimals. */
const OPTIONS: Readonly<Record<string, (value: unknown) => unknown>> = {
  thresholds,
  decimals: (value) => (numberOf(value, -1) < 0 ? undefined : value),
};

const optionOf = (id: string, value: unknown): unknown =>
  value === undefined || value === null ? value : id in OPTIONS ? OPTIONS[id]?.(value) : value;

/** Kinds of panels that colour by series when their file names no colour; the others colour by thresholds. */
const COLORED_BY_SERIES: readonly string[] = ['timeseries', 'piechart'];

const DEFAULT_STEPS = {
  steps: [
    { value: null, color: 'green' },
    { value: 80, color: 'red' },
  ],
};

const fieldConfigOf = (json: unknown, type: string): FieldConfigSource => {
  const { defaults, overrides } = fieldsOf(json);
  const color = { mode: COLORED_BY_SERIES.includes(type) ? 'palette-classic' : 'thresholds' };
  const given = Object.entries(fieldsOf(defaults)).filter(([, value]) => value !== null);
  const options = Object.entries({ color, thresholds: DEFAULT_STEPS, ...Object.fromEntries(given) });
  return {
    defaults: Object.fromEntries(options.map(([id, value]) => [id, optionOf(id, value)])),
    overrides: listOf(overrides).map(overrideOf),
  };
};

const overrideOf = (json: Fields): FieldConfigSource['overrides'][number] => {
  const { id, ...matcher } = fieldsOf(json.matcher);
  return {
    matcher: { ...matcher, id: textOf(id) },
    properties: listOf(json.properties).map(({ id: option, value }) => ({
      id: textOf(option),
      value: optionOf(textOf(option), value),
    })),
  };
};

const transformationOf = (json: Fields): DataTransformerConfig => ({
  ...json,
  id: textOf(json.id),
  options: fieldsOf(json.options),
});

const scopedOf = (json: unknown): ScopedVars =>
  Object.fromEntries(
    Object.entries(fieldsOf(json)).map(([name, variable]) => {
      const { text, value } = fieldsOf(variable);
      return [name, { text: textOf(text), value }];
    }),
  );

const panelOf = (given: Fields, position: GridPosition): PanelModel => {
  const json = modern(given);
  return {
    id: numberOf(json.id, 0),
    type: textOf(json.type, 'unknown'),
    title: textOf(json.title),
    description: textOf(json.description),
    transparent: flagOf(json.transparent),
    position,
    options: fieldsOf(json.options),
    fieldConfig: fieldConfigOf(json.fieldConfig, textOf(json.type)),
    targets: listOf(json.targets).map(targetOf),
    transformations: listOf(json.transformations).map(transformationOf),
    links: listOf(json.links).map(linkOf),
    scopedVars: scopedOf(json.scopedVars),
  };
};

const placed = (json: Fields): PanelModel => panelOf(json, positionOf(json.gridPos));

const rowOf = (json: Fields): NonNullable<Section['row']> => ({
  id: numberOf(json.id, 0),
  title: textOf(json.title),
  collapsed: flagOf(json.collapsed),
});

const order = (a: Fields, b: Fields): number => {
  const [first, second] = [positionOf(a.gridPos), positionOf(b.gridPos)];
  return first.y - second.y || first.x - second.x;
};

/** A collapsed row holds its panels; those of an open row follow it. */
const sectionsOf = (panels: readonly Fields[]): readonly Section[] => {
  const sections: { row: Section['row']; panels: PanelModel[] }[] = [{ row: null, panels: [] }];
  for (const json of panels.toSorted(order)) {
    if (json.type === 'row') sections.push({ row: rowOf(json), panels: listOf(json.panels).map(placed) });
    else sections.at(-1)?.panels.push(placed(json));
  }
  return sections.filter(({ row, panels: inside }) => row !== null || inside.length > 0);
};

/** Dashboards of before Grafana 5 have rows with panels that flow from left to right, `span` twelfths wide. */
const flowingSection = (row: Fields, index: number): Section => {
  let [x, y] = [0, 0];
  const h = Math.max(1, Math.round(numberOf(Number.parseInt(String(row.height ?? '250'), 10), 250) / 38));
  const panels = listOf(row.panels).map((json) => {
    const w = clamp(Math.round(numberOf(json.span, 4) * 2), 1, GRID_COLUMNS);
    if (x + w > GRID_COLUMNS) [x, y] = [0, y + h];
    const panel = panelOf(json, { x, y, w, h });
    x += w;
    return panel;
  });
  const header = { id: -1 - index, title: textOf(row.title), collapsed: flagOf(row.collapse) };
  return { row: header.title === '' ? null : header, panels };
};

const variableOf = (json: Fields): VariableModel => ({
  name: textOf(json.name),
  label: textOf(json.label) || textOf(json.name),
  hide: numberOf(json.hide, 0),
});

const annotationOf = (json: Fields): AnnotationModel => {
  const filter = fieldsOf(json.filter);
  const ids = Array.isArray(filter.ids) ? filter.ids.map(Number) : [];
  return { name: textOf(json.name), filter: ids.length === 0 ? null : { exclude: flagOf(filter.exclude), ids } };
};

/** A dashboard's file, read so that nothing is missing any more. */
export const dashboardOf = (file: unknown): DashboardModel => {
  const json = fieldsOf(file);
  return {
    uid: textOf(json.uid),
    title: textOf(json.title, 'Dashboard'),
    description: textOf(json.description),
    timeZone: textOf(json.timezone) || 'browser',
    sections: [...sectionsOf(listOf(json.panels)), ...listOf(json.rows).map(flowingSection)],
    links: listOf(json.links).map(linkOf),
    variables: listOf(fieldsOf(json.templating).list).map(variableOf),
    annotations: listOf(fieldsOf(json.annotations).list).map(annotationOf),
  };
};
