import { nearest } from '#catalog';
import { type Check, findingIf, listed } from '../check.ts';
import { type PanelJson, queryOf, type VariableJson } from './dashboard-json.ts';
import type { DashboardView } from './dashboard-view.ts';

/** What holds of the variables of a dashboard. */
export const VARIABLE_CHECKS: readonly Check<DashboardView>[] = [
  {
    name: 'variable/unknown',
    finds: 'a variable that is used and not declared; Grafana leaves its name in the text',
    source: 'tidewatch',
    run: ({ path, json, variables }) => {
      const declared = namesOf(variables);
      return [...variablesIn(JSON.stringify(json))]
        .filter((name) => !declared.has(name) && !isBuiltIn(name))
        .map((name) => ({
          path,
          problem: `variable '${name}' is used and not declared`,
          repair: `declare it, or use '${nearest(name, declared) ?? [...declared][0]}'`,
        }));
    },
  },
  {
    name: 'variable/unused',
    finds: 'a variable that no query, title or datasource takes: who chooses a value of it changes nothing',
    source: 'tidewatch',
    run: (view) => {
      const used = usedIn(view);
      return view.variables.flatMap(({ name = '' }) =>
        findingIf(!used.has(name), () => ({
          path: `${view.path}/variables/${name}`,
          problem: `nothing takes its value, only ${listed(used)} are taken`,
          repair: 'ask with it, or remove it',
        })),
      );
    },
  },
];

const VARIABLE = /\$(?<plain>[A-Za-z_]\w*)|\$\{(?<braced>\w+)(?:[.:][^}]*)?\}|\[\[(?<bracketed>\w+)(?::\w+)?\]\]/g;

/** The names of the Grafana variables in a text. @see https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/ */
const variablesIn = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(VARIABLE)].map(({ groups }) => groups?.plain ?? groups?.braced ?? groups?.bracketed ?? ''));

const namesOf = (variables: readonly VariableJson[]): ReadonlySet<string> =>
  new Set(variables.map(({ name = '' }) => name));

const isBuiltIn = (name: string): boolean => name.startsWith('__') || name === 'timeFilter';

/** Links only pass a choice on, so they do not count; a choice that narrows another one does. */
const usedIn = ({ json, variables, targets, annotations }: DashboardView): ReadonlySet<string> => {
  const texts = [
    json.title ?? '',
    ...targets.map(({ target: { expr, legendFormat, datasource } }) => `${expr} ${legendFormat} ${datasource?.uid}`),
    ...annotations.map(({ expr, datasource }) => `${expr} ${datasource?.uid}`),
    ...variables.map((one) => `${queryOf(one)} ${one.datasource?.uid}`),
    ...(json.panels ?? []).map((panel) => textsOf(panel)),
  ];
  return variablesIn(texts.join('\n'));
};

const textsOf = ({ title, description, datasource, repeat, panels = [] }: PanelJson): string =>
  [title, description, datasource?.uid, repeat === undefined ? '' : `$${repeat}`, ...panels.map(textsOf)].join(' ');
