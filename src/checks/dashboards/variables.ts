// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Grafana writes variables
import { nearest } from '#catalog';
import { type Check, type Finding, findingIf, listed } from '../check.ts';
import { type DashboardView, type PanelJson, queryOf, type VariableJson } from './view.ts';

/** Rules of dashboard-linter on a dashboard's variables. @see https://github.com/grafana/dashboard-linter */
export const TEMPLATE_CHECKS: readonly Check<DashboardView>[] = [
  {
    name: 'template-datasource-rule',
    finds: 'no datasource variable, or one that is not named and labelled by the type of its datasource',
    source: 'dashboard-linter',
    run: (view) => {
      const sources = view.variables.filter(({ type }) => type === 'datasource');
      if (sources.length === 0)
        return [
          {
            path: view.path,
            problem: `no datasource variable; received ${listed(view.variables.map(({ name = '' }) => name))}`,
            fix: 'declare one, so that the dashboard works with any datasource of its type',
          },
        ];
      return sources.flatMap((source) => namedByType(source, { only: sources.length === 1, view }));
    },
  },
  ...(['job', 'instance'] as const).map(
    (name): Check<DashboardView> => ({
      name: `template-${name}-rule`,
      finds: `no variable '${name}' that is a multi-value Prometheus query with the all value .+`,
      source: 'dashboard-linter',
      run: (view) => (view.mainSource === 'prometheus' ? narrowing(name, view) : []),
    }),
  ),
  {
    name: 'template-label-promql-rule',
    finds: 'a query variable without a function of the Prometheus datasource, or whose PromQL is not valid',
    source: 'dashboard-linter',
    run: (view) =>
      view.mainSource === 'prometheus' ? queryVariables(view).flatMap((one) => promqlFaults(one, view)) : [],
  },
  {
    name: 'template-on-time-change-reload-rule',
    finds: 'a query variable that keeps its values when the time range changes',
    source: 'dashboard-linter',
    run: (view) =>
      queryVariables(view)
        .filter(({ refresh }) => refresh !== 2)
        .map((one) => ({
          path: at(one, view),
          problem: `its values are not reloaded when the time range changes; received refresh ${one.refresh}`,
          fix: 'set refresh to 2',
        })),
  },
];

const at = ({ name }: VariableJson, { path }: DashboardView): string => `${path}/variables/${name}`;

const queryVariables = ({ variables }: DashboardView): readonly VariableJson[] =>
  variables.filter(({ type }) => type === 'query');

const namedByType = (
  source: VariableJson,
  { only, view }: { readonly only: boolean; readonly view: DashboardView },
): readonly Finding[] => {
  const type = queryOf(source)?.toLowerCase() ?? '';
  const names = [`${type}_datasource`, ...(only ? ['datasource'] : [])];
  const labels = [`${type.charAt(0).toUpperCase()}${type.slice(1)} data source`, ...(only ? ['Data source'] : [])];
  return [
    ...findingIf(!names.includes(source.name ?? ''), () => ({
      path: at(source, view),
      problem: `a datasource variable for ${type} is named '${source.name}'`,
      fix: `name it '${names[0]}'`,
    })),
    ...findingIf(!labels.includes(source.label ?? ''), () => ({
      path: at(source, view),
      problem: `a datasource variable for ${type} is labelled '${source.label}'`,
      fix: `label it '${labels[0]}'`,
    })),
  ];
};

const PROMETHEUS_UIDS = ['$datasource', '${datasource}', '$prometheus_datasource', '${prometheus_datasource}'];

const narrowing = (name: string, view: DashboardView): readonly Finding[] => {
  const one = view.variables.find((variable) => variable.name === name);
  if (one === undefined)
    return [
      { path: view.path, problem: `no variable '${name}'`, fix: `declare it, so that one ${name} can be selected` },
    ];
  const label = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const wrong: readonly (readonly [boolean, string, string])[] = [
    [one.type !== 'query', `it is of type '${one.type}'`, 'make it a query'],
    [
      !PROMETHEUS_UIDS.includes(one.datasource?.uid ?? ''),
      `its datasource is '${one.datasource?.uid}'`,
      "set it to '${prometheus_datasource}'",
    ],
    [one.label !== label, `it is labelled '${one.label}'`, `label it '${label}'`],
    [one.multi !== true, 'it allows one value only', 'make it a multi-value variable'],
    [one.allValue !== '.+', `its all value is '${one.allValue}'`, "set its all value to '.+'"],
  ];
  return wrong.filter(([is]) => is).map(([, problem, fix]) => ({ path: at(one, view), problem, fix }));
};

const FUNCTION = /^([a-z_]+)\((.+)\)$/s;
const LABEL_ARGUMENT = /,\s*\w+\s*$/;
const FUNCTIONS = ['label_names', 'label_values', 'metrics', 'query_result'];

const promqlFaults = (one: VariableJson, view: DashboardView): readonly Finding[] => {
  const text = queryOf(one) ?? '';
  const [, name = '', argument = ''] = FUNCTION.exec(text) ?? [];
  const path = at(one, view);
  if (!FUNCTIONS.includes(name))
    return [{ path, problem: `'${text}' is not a query of a variable`, fix: `call one of ${FUNCTIONS.join(', ')}` }];
  const { fault } = view.queries.promql(argument.replace(name === 'label_values' ? LABEL_ARGUMENT : /$^/, ''));
  return fault === undefined ? [] : [{ path, ...fault }];
};

/** The PromQL of a query variable, if it has any. */
export const selectorOfVariable = (one: VariableJson): string | undefined => {
  const [, name, argument = ''] = FUNCTION.exec(queryOf(one) ?? '') ?? [];
  if (name === 'query_result') return argument;
  return name === 'label_values' && LABEL_ARGUMENT.test(argument) ? argument.replace(LABEL_ARGUMENT, '') : undefined;
};

/** Checks of the template variables of a dashboard. */
export const VARIABLE_CHECKS: readonly Check<DashboardView>[] = [
  {
    name: 'variable/unknown',
    finds: 'a variable that is used and not declared; Grafana shows its name instead of a value',
    source: 'tidewatch',
    run: ({ path, json, variables }) => {
      const declared = namesOf(variables);
      return [...variablesIn(JSON.stringify(json))]
        .filter((name) => !declared.has(name) && !isBuiltIn(name))
        .map((name) => ({
          path,
          problem: `variable '${name}' is used and not declared`,
          fix: `declare it, or use '${nearest(name, declared) ?? [...declared][0]}'`,
        }));
    },
  },
  {
    name: 'variable/unused',
    finds: 'a variable that no query, title or datasource uses, so that selecting a value changes nothing',
    source: 'tidewatch',
    run: (view) => {
      const used = usedIn(view);
      return view.variables.flatMap(({ name = '' }) =>
        findingIf(!used.has(name), () => ({
          path: `${view.path}/variables/${name}`,
          problem: `nothing uses its value, only ${listed(used)} are used`,
          fix: 'use it in a query, or remove it',
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

/** Links only pass a value on, so they do not count; a variable that narrows another one does. */
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
