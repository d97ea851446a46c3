import { z } from 'zod';
import type { Json } from './preview-data.ts';

const datasource = z
  .union([z.string(), z.looseObject({ type: z.string().nullish(), uid: z.string().nullish() }), z.null()])
  .optional();

/** A data source as a dashboard names it: a name or a variable in old files, type and uid in new ones. */
export type DatasourceRef = z.infer<typeof datasource>;

const target = z.looseObject({
  refId: z.string().default('A'),
  expr: z.string().optional(),
  datasource,
  hide: z.boolean().optional(),
  instant: z.boolean().optional(),
  range: z.boolean().optional(),
  interval: z.union([z.string(), z.number(), z.null()]).optional(),
  intervalFactor: z.number().optional(),
  queryType: z.string().nullish(),
  maxLines: z.union([z.number(), z.string(), z.null()]).optional(),
});

/** One query of a panel. */
export type Target = z.infer<typeof target>;

const gridPos = z.looseObject({
  h: z.number().default(8),
  w: z.number().default(12),
  x: z.number().default(0),
  y: z.number().default(0),
});

/** Where a panel lies: 24 columns, rows of about 38 pixels. */
export type GridPos = z.infer<typeof gridPos>;

const panel = z.looseObject({
  id: z.number().optional(),
  type: z.string(),
  title: z.string().nullish(),
  gridPos: gridPos.optional(),
  datasource,
  targets: z.array(target).nullish(),
  interval: z.union([z.string(), z.number(), z.null()]).optional(),
  maxDataPoints: z.union([z.number(), z.string(), z.null()]).optional(),
  timeFrom: z.string().nullish(),
  timeShift: z.string().nullish(),
  repeat: z.string().nullish(),
  repeatDirection: z.enum(['h', 'v']).nullish().catch(null),
  maxPerRow: z.number().nullish(),
  collapsed: z.boolean().optional(),
  get panels() {
    return z.array(panel).nullish();
  },
  /** What one copy of a repeated panel is for; by variable. */
  scopedVars: z
    .record(z.string(), z.looseObject({ text: z.string(), value: z.string() }))
    .optional()
    .catch(undefined),
});

/** A panel of a classic dashboard; a row has the panels of its collapsed state. */
export type Panel = z.infer<typeof panel>;

const chosen = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
const current = z
  .looseObject({
    text: z.union([chosen, z.array(chosen)]).nullish(),
    value: z.union([chosen, z.array(chosen)]).nullish(),
  })
  .nullish()
  .catch(null);

const variable = z.looseObject({
  name: z.string(),
  type: z.string(),
  query: z.union([z.string(), z.looseObject({}), z.null()]).optional(),
  datasource,
  current,
  options: z
    .array(z.looseObject({ text: chosen.optional(), value: chosen.optional() }))
    .nullish()
    .catch(null),
  multi: z.boolean().nullish(),
  includeAll: z.boolean().nullish(),
  allValue: z.string().nullish(),
  regex: z.string().nullish(),
  sort: z.number().nullish(),
});

/** A variable of a classic dashboard, as its file declares it. */
export type VariableModel = z.infer<typeof variable>;

const annotation = z.looseObject({
  name: z.string(),
  enable: z.boolean().optional(),
  builtIn: z.number().nullish(),
  datasource,
  expr: z.string().nullish(),
  step: z.string().nullish(),
  iconColor: z.string().nullish(),
  titleFormat: z.string().nullish(),
  textFormat: z.string().nullish(),
  useValueForTime: z
    .union([z.boolean(), z.string().transform((text) => text === 'on')])
    .nullish()
    .catch(null),
});

/** An annotation query of a classic dashboard. */
export type AnnotationModel = z.infer<typeof annotation>;

const dashboard = z.looseObject({
  uid: z.string().nullish(),
  title: z.string(),
  panels: z.array(panel),
  time: z.looseObject({ from: z.string(), to: z.string() }).optional(),
  templating: z.looseObject({ list: z.array(variable).optional() }).optional(),
  annotations: z.looseObject({ list: z.array(annotation).optional() }).optional(),
});

/** A classic dashboard; keys that the preview does not read are kept as they are. */
export type Dashboard = z.infer<typeof dashboard>;

/** What makes a dashboard's file one that cannot be drawn; the message names the file and says what to do. */
export class DashboardError extends Error {
  override readonly name = 'DashboardError';
}

const parsed = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DashboardError(`${file} is no JSON (${(error as Error).message}); export the dashboard as JSON again`, {
      cause: error,
    });
  }
};

/** An export through the HTTP API wraps the dashboard. @see https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/dashboard/ */
const unwrapped = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'dashboard' in value && !('panels' in value) ? value.dashboard : value;

const isNewSchema = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ('elements' in value || 'spec' in value);

/** Columns of the grid for one of the twelve columns of old rows, and pixels of one line of the grid. */
const COLUMNS_OF_SPAN = 2;
const LINE_PIXELS = 38;
const DEFAULT_HEIGHT = 7;

const linesOf = (height: unknown): number => {
  const pixels = Number.parseFloat(String(height));
  return pixels > 0 ? Math.max(3, Math.ceil(pixels / LINE_PIXELS)) : DEFAULT_HEIGHT;
};

const oldRow = z.looseObject({
  title: z.string().nullish(),
  collapse: z.boolean().nullish(),
  showTitle: z.boolean().nullish(),
  height: z.unknown().optional(),
  repeat: z.string().nullish(),
  panels: z
    .array(z.looseObject({ span: z.number().nullish().catch(null), height: z.unknown().optional() }))
    .default([]),
});

type OldRow = z.infer<typeof oldRow>;

/** Panels side by side until twelve columns are full. */
const flow = ({ panels, height }: OldRow, top: number): readonly (object & { readonly gridPos: GridPos })[] => {
  let [x, y, lines] = [0, top, 0];
  return panels.map(({ span, height: own, ...rest }) => {
    const w = Math.min(24, Math.max(1, Math.round((span ?? 12) * COLUMNS_OF_SPAN)));
    const h = linesOf(own ?? height);
    if (x + w > 24) [x, y, lines] = [0, y + lines, 0];
    const gridPos = { x, y, w, h };
    x += w;
    lines = Math.max(lines, h);
    return { ...rest, gridPos };
  });
};

const isHeaded = ({ showTitle, collapse, repeat }: OldRow): boolean =>
  showTitle === true || collapse === true || Boolean(repeat);

const headOf = ({ title, collapse, repeat }: OldRow, y: number) => ({
  type: 'row',
  title,
  repeat,
  collapsed: collapse === true,
  gridPos: { x: 0, y, w: 24, h: 1 },
});

const fromRows = (rows: readonly OldRow[]): readonly object[] => {
  let y = 0;
  return rows.flatMap((row) => {
    const top = y;
    const panels = flow(row, isHeaded(row) ? top + 1 : top);
    if (row.collapse === true) {
      y = top + 1;
      return [{ ...headOf(row, top), panels }];
    }
    y = Math.max(top + 1, ...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    return isHeaded(row) ? [{ ...headOf(row, top), panels: [] }, ...panels] : panels;
  });
};

/** Dashboards of before Grafana 5 have rows of panels; they get the grid that Grafana gives them. */
const withPanels = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || 'panels' in value || !('rows' in value)) return value;
  const { rows, ...rest } = value;
  const parsedRows = z.array(oldRow).safeParse(rows);
  return parsedRows.success ? { ...rest, panels: fromRows(parsedRows.data) } : value;
};

/** Panels without an id get one that is free, as Grafana gives them. */
const numbered = (panels: readonly Panel[], taken: Set<number>): Panel[] =>
  panels.map((one) => {
    let id = one.id;
    if (id === undefined || id === null || taken.has(id)) {
      id = 1;
      while (taken.has(id)) id += 1;
    }
    taken.add(id);
    return { ...one, id, ...(one.panels ? { panels: numbered(one.panels, taken) } : {}) };
  });

/**
 * Reads a classic dashboard.
 *
 * @throws DashboardError for what is no classic dashboard
 */
export const readDashboard = (text: string, file: string): Dashboard => {
  const value = withPanels(unwrapped(parsed(text, file)));
  if (isNewSchema(value))
    throw new DashboardError(
      `${file} is a dashboard of schema v2; the preview draws classic ones: export it as "Classic"`,
    );
  const result = dashboard.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = issue?.path.join('.') || 'the file';
    throw new DashboardError(
      `${file} is no classic dashboard: ${where}: ${issue?.message}; export it from Grafana again`,
    );
  }
  return { ...result.data, panels: numbered(result.data.panels, new Set()) };
};

/** A dashboard as the page embeds it. */
export const toJson = (value: Dashboard): Json => JSON.parse(JSON.stringify(value)) as Json;

/** All panels of a dashboard, those in collapsed rows as well; rows themselves left out. */
export const panelsOf = (panels: readonly Panel[]): readonly Panel[] =>
  panels.flatMap((one) => (one.type === 'row' ? panelsOf(one.panels ?? []) : [one]));
