// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes its variables so
import { type Check, findingIf, listed } from '../check.ts';
import type { PanelView } from './dashboard-view.ts';
import { LINTED_UNITS } from './linted-units.ts';

const ASKING: readonly string[] = ['stat', 'singlestat', 'graph', 'table', 'timeseries', 'gauge'];
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
        problem: `its datasource is '${datasource?.uid}', which is no datasource variable of the dashboard`,
        repair: `name one of ${listed([...dashboard.sources].filter((uid) => uid.startsWith('${')))} on the panel itself`,
      })),
  },
  {
    name: 'panel-title-description-rule',
    finds: 'a panel without title or description',
    source: 'dashboard-linter',
    run: ({ path, panel: { type = '', title, description } }) =>
      findingIf(ASKING.includes(type) && (!title || !description), () => ({
        path,
        problem: `it has no ${title ? 'description' : 'title'}`,
        repair: 'say what it shows and what a change of it means',
      })),
  },
  {
    name: 'panel-units-rule',
    finds: 'a panel without a unit that Grafana knows',
    source: 'dashboard-linter',
    run: ({ path, panel }) => {
      const unit = unitsOf(panel).at(-1);
      return findingIf(ASKING.includes(panel.type ?? '') && needsUnit(panel) && !LINTED_UNITS.has(unit ?? ''), () => ({
        path,
        problem: `its unit is '${unit}', which is none of Grafana's`,
        repair: "take a unit of Grafana's list; 'short' with an axis label where there is none",
      }));
    },
  },
  {
    name: 'panel-no-targets-rule',
    finds: 'a panel that asks nothing',
    source: 'dashboard-linter',
    run: ({ path, panel: { type = '', targets } }) =>
      findingIf(ASKING.includes(type) && (targets ?? []).length === 0, () => ({
        path,
        problem: 'it has no query',
        repair: 'give it one, or remove it',
      })),
  },
];

/** The unit of a panel and after it those of its overrides, of which the linter takes the last. */
const unitsOf = ({ fieldConfig }: PanelView['panel']): readonly string[] =>
  [
    fieldConfig?.defaults?.unit,
    ...(fieldConfig?.overrides ?? []).flatMap(({ properties = [] }) =>
      properties.filter(({ id }) => id === 'unit').map(({ value }) => String(value)),
    ),
  ].filter((unit) => unit !== undefined && unit !== '') as readonly string[];

/** Mapped values and chosen fields are texts, which have no unit. */
const needsUnit = ({ type, fieldConfig, options }: PanelView['panel']): boolean => {
  if (type === 'stat' && (options?.reduceOptions?.fields ?? '') !== '') return false;
  if (fieldConfig?.defaults?.mappings) return false;
  return !(fieldConfig?.overrides ?? []).some(({ properties = [] }) =>
    properties.some(({ id, value }) => id === 'mappings' && value !== null),
  );
};
