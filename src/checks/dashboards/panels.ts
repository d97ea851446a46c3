// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Grafana writes variables
import { type Check, type Finding, findingIf, listed } from '../check.ts';
import { LINTED_UNITS } from './units.ts';
import type { DashboardView, GridPosJson, PanelJson, PanelView } from './view.ts';

const QUERYING: readonly string[] = ['stat', 'singlestat', 'graph', 'table', 'timeseries', 'gauge'];
const OF_ONE_SOURCE: readonly string[] = ['singlestat', 'graph', 'table', 'timeseries'];

/** Rules of dashboard-linter on panels. @see https://github.com/grafana/dashboard-linter */
export const PANEL_CHECKS: readonly Check<PanelView>[] = [
  {
    name: 'panel-datasource-rule',
    finds: 'a graph or table that does not name a datasource variable of its dashboard',
    source: 'dashboard-linter',
    run: ({ path, panel: { type = '', datasource }, dashboard }) =>
      findingIf(OF_ONE_SOURCE.includes(type) && !dashboard.sources.has(datasource?.uid ?? ''), () => ({
        path,
        problem: `its datasource is '${datasource?.uid}', which is not a datasource variable of the dashboard`,
        fix: `name one of ${listed([...dashboard.sources].filter((uid) => uid.startsWith('${')))} on the panel itself`,
      })),
  },
  {
    name: 'panel-title-description-rule',
    finds: 'a panel without title or description',
    source: 'dashboard-linter',
    run: ({ path, panel: { type = '', title, description } }) =>
      findingIf(QUERYING.includes(type) && (!title || !description), () => ({
        path,
        problem: `it has no ${title ? 'description' : 'title'}`,
        fix: 'write what it shows and what a change means',
      })),
  },
  {
    name: 'panel-units-rule',
    finds: 'a panel without a unit that Grafana knows',
    source: 'dashboard-linter',
    run: ({ path, panel }) => {
      const unit = unitsOf(panel).at(-1);
      return findingIf(
        QUERYING.includes(panel.type ?? '') && needsUnit(panel) && !LINTED_UNITS.has(unit ?? ''),
        () => ({
          path,
          problem: `its unit is '${unit}', which Grafana does not have`,
          fix: "use a unit that Grafana lists, or 'short' with an axis label",
        }),
      );
    },
  },
  {
    name: 'panel-no-targets-rule',
    finds: 'a panel without a query',
    source: 'dashboard-linter',
    run: ({ path, panel: { type = '', targets } }) =>
      findingIf(QUERYING.includes(type) && (targets ?? []).length === 0, () => ({
        path,
        problem: 'it has no query',
        fix: 'give it one, or remove it',
      })),
  },
];

/** The unit of a panel and those of its overrides, of which the linter reads the last. */
const unitsOf = ({ fieldConfig }: PanelView['panel']): readonly string[] =>
  [
    fieldConfig?.defaults?.unit,
    ...(fieldConfig?.overrides ?? []).flatMap(({ properties = [] }) =>
      properties.filter(({ id }) => id === 'unit').map(({ value }) => String(value)),
    ),
  ].filter((unit) => unit !== undefined && unit !== '') as readonly string[];

/** Mapped values and selected fields are texts, which have no unit. */
const needsUnit = ({ type, fieldConfig, options }: PanelView['panel']): boolean => {
  if (type === 'stat' && (options?.reduceOptions?.fields ?? '') !== '') return false;
  if (fieldConfig?.defaults?.mappings) return false;
  return !(fieldConfig?.overrides ?? []).some(({ properties = [] }) =>
    properties.some(({ id, value }) => id === 'mappings' && value !== null),
  );
};

/** Columns of Grafana's grid. */
const COLUMNS = 24;

/** Checks of a dashboard as a whole: where it is edited, where its panels are, and how they are identified. */
export const LAYOUT_CHECKS: readonly Check<DashboardView>[] = [
  {
    name: 'uneditable-dashboard',
    finds: 'a dashboard that can be edited in Grafana, where its next synth would undo the edit',
    source: 'dashboard-linter',
    run: ({ path, json: { editable } }) =>
      findingIf(editable !== false, () => ({
        path,
        problem: `it can be edited; received editable ${editable}`,
        fix: 'set editable to false',
      })),
  },
  {
    name: 'grid/overflow',
    finds: 'a panel without a position, or outside of the 24 columns of the grid',
    source: 'tidewatch',
    run: ({ panels }) =>
      panels.flatMap(({ path, panel: { gridPos } }) => {
        const problem = offGrid(gridPos);
        return findingIf(problem !== undefined, () => ({
          path,
          problem: problem ?? '',
          fix: `place it on whole columns between 0 and ${COLUMNS}`,
        }));
      }),
  },
  {
    name: 'grid/overlap',
    finds: 'two panels that overlap; Grafana would move one of them',
    source: 'tidewatch',
    run: ({ path, json }) => overlaps(json.panels ?? [], path),
  },
  {
    name: 'panel/id',
    finds: 'a panel without an id, or with that of another; links and alerts refer to it',
    source: 'tidewatch',
    run: ({ panels }) =>
      panels.flatMap(({ path, panel: { id } }, index) => {
        const other = panels.slice(0, index).find(({ panel }) => panel.id === id);
        if (id === undefined || id < 1)
          return [{ path, problem: `its id is ${id}`, fix: 'give it an id of its own, from 1' }];
        return findingIf(other !== undefined, () => ({
          path,
          problem: `it has the id ${id} of '${other?.panel.title}'`,
          fix: 'give it an id of its own',
        }));
      }),
  },
  {
    name: 'target/ref-id',
    finds: 'a query without a refId, or with that of another in its panel; overrides and transformations refer to it',
    source: 'tidewatch',
    run: ({ panels }) => panels.flatMap(({ path, panel }) => refIdFaults(panel, path)),
  },
  {
    name: 'annotation/datasource',
    finds: 'an annotation query that does not name a datasource variable of its dashboard',
    source: 'tidewatch',
    run: ({ path, annotations, sources }) =>
      annotations.flatMap(({ name, datasource }) =>
        findingIf(!sources.has(datasource?.uid ?? '') && !BUILT_IN_SOURCES.includes(datasource?.uid ?? ''), () => ({
          path: `${path}/annotations/${name}`,
          problem: `its datasource is '${datasource?.uid}', which is not a datasource variable of the dashboard`,
          fix: 'name the variable, so that the annotation queries what the panels query',
        })),
      ),
  },
];

/** Grafana's own annotations come from its database. */
const BUILT_IN_SOURCES: readonly string[] = ['grafana', '-- Grafana --'];

const offGrid = (place: GridPosJson | undefined): string | undefined => {
  if (place === undefined) return 'it has no position on the grid';
  const { x, y, w, h } = place;
  if (![x, y, w, h].every(Number.isInteger) || x < 0 || y < 0 || w < 1 || h < 1)
    return `its position is x ${x}, y ${y}, w ${w}, h ${h}`;
  return x + w > COLUMNS ? `it reaches column ${x + w}` : undefined;
};

/** Panels of a collapsed row have a grid of their own. */
const overlaps = (panels: readonly PanelJson[], path: string): readonly Finding[] => [
  ...panels.flatMap((panel, index) => {
    const other = panels.slice(0, index).find((one) => overlap(one.gridPos, panel.gridPos));
    return findingIf(other !== undefined, () => ({
      path: `${path}/${panel.title}`,
      problem: `it overlaps '${other?.title}'`,
      fix: 'move one of them',
    }));
  }),
  ...panels.flatMap((panel) => overlaps(panel.panels ?? [], path)),
];

const overlap = (a?: GridPosJson, b?: GridPosJson): boolean =>
  a !== undefined && b !== undefined && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const refIdFaults = ({ targets = [] }: PanelJson, path: string): readonly Finding[] =>
  targets.flatMap(({ refId }, index) => {
    if (!refId) return [{ path, problem: `query ${index + 1} has no refId`, fix: 'give it a letter of its own' }];
    return findingIf(
      targets.slice(0, index).some((other) => other.refId === refId),
      () => ({ path, problem: `two queries have the refId '${refId}'`, fix: 'give each a letter of its own' }),
    );
  });
