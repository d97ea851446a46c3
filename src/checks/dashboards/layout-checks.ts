import { type Check, findingIf } from '../check.ts';
import type { Finding } from '../finding.ts';
import type { PanelJson, PlaceJson } from './dashboard-json.ts';
import type { DashboardView } from './dashboard-view.ts';

/** Columns of Grafana's grid. */
const COLUMNS = 24;

/** What holds of a dashboard as a whole: whose it is, where its panels are, and how they are told apart. */
export const DASHBOARD_CHECKS: readonly Check<DashboardView>[] = [
  {
    name: 'uneditable-dashboard',
    finds: 'a dashboard that can be edited in Grafana, where its next synth would undo the edit',
    source: 'dashboard-linter',
    run: ({ path, json: { editable } }) =>
      findingIf(editable !== false, () => ({
        path,
        problem: `it can be edited, got editable ${editable}`,
        repair: 'set editable to false',
      })),
  },
  {
    name: 'grid/overflow',
    finds: 'a panel without a place, or with one that is not on the 24 columns of the grid',
    source: 'tidewatch',
    run: ({ panels }) =>
      panels.flatMap(({ path, panel: { gridPos } }) => {
        const problem = offGrid(gridPos);
        return findingIf(problem !== undefined, () => ({
          path,
          problem: problem ?? '',
          repair: `give it whole columns between 0 and ${COLUMNS}`,
        }));
      }),
  },
  {
    name: 'grid/overlap',
    finds: 'two panels on the same place; Grafana would move one of them',
    source: 'tidewatch',
    run: ({ path, json }) => overlaps(json.panels ?? [], path),
  },
  {
    name: 'panel/id',
    finds: 'a panel without a number, or with that of another; links and alerts go by it',
    source: 'tidewatch',
    run: ({ panels }) =>
      panels.flatMap(({ path, panel: { id } }, index) => {
        const other = panels.slice(0, index).find(({ panel }) => panel.id === id);
        if (id === undefined || id < 1)
          return [{ path, problem: `its id is ${id}`, repair: 'give it a number of its own, from 1' }];
        return findingIf(other !== undefined, () => ({
          path,
          problem: `it has the id ${id} of '${other?.panel.title}'`,
          repair: 'give it a number of its own',
        }));
      }),
  },
  {
    name: 'target/ref-id',
    finds: 'a query without a letter, or with that of another of its panel; overrides and transformations go by it',
    source: 'tidewatch',
    run: ({ panels }) => panels.flatMap(({ path, panel }) => refIdFaults(panel, path)),
  },
  {
    name: 'annotation/datasource',
    finds: 'an annotation query that does not name a datasource variable of its dashboard',
    source: 'tidewatch',
    run: ({ path, annotations, sources }) =>
      annotations.flatMap(({ name, datasource }) =>
        findingIf(!sources.has(datasource?.uid ?? '') && !OWN_SOURCES.includes(datasource?.uid ?? ''), () => ({
          path: `${path}/annotations/${name}`,
          problem: `its datasource is '${datasource?.uid}', which is no datasource variable of the dashboard`,
          repair: 'name the variable, so that the annotation asks what the panels ask',
        })),
      ),
  },
];

/** Grafana's own annotations come from its database. */
const OWN_SOURCES: readonly string[] = ['grafana', '-- Grafana --'];

const offGrid = (place: PlaceJson | undefined): string | undefined => {
  if (place === undefined) return 'it has no place on the grid';
  const { x, y, w, h } = place;
  if (![x, y, w, h].every(Number.isInteger) || x < 0 || y < 0 || w < 1 || h < 1)
    return `its place is x ${x}, y ${y}, w ${w}, h ${h}`;
  return x + w > COLUMNS ? `it reaches column ${x + w}` : undefined;
};

/** Panels of a collapsed row have a grid of their own. */
const overlaps = (panels: readonly PanelJson[], path: string): readonly Finding[] => [
  ...panels.flatMap((panel, index) => {
    const other = panels.slice(0, index).find((one) => meet(one.gridPos, panel.gridPos));
    return findingIf(other !== undefined, () => ({
      path: `${path}/${panel.title}`,
      problem: `it lies on '${other?.title}'`,
      repair: 'move one of the two',
    }));
  }),
  ...panels.flatMap((panel) => overlaps(panel.panels ?? [], path)),
];

const meet = (a?: PlaceJson, b?: PlaceJson): boolean =>
  a !== undefined && b !== undefined && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const refIdFaults = ({ targets = [] }: PanelJson, path: string): readonly Finding[] =>
  targets.flatMap(({ refId }, index) => {
    if (!refId) return [{ path, problem: `query ${index + 1} has no refId`, repair: 'give it a letter of its own' }];
    return findingIf(
      targets.slice(0, index).some((other) => other.refId === refId),
      () => ({ path, problem: `two queries have the refId '${refId}'`, repair: 'give each a letter of its own' }),
    );
  });
