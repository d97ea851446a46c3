// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes its variables so
import { type Check, findingIf, listed } from '../check.ts';
import type { Finding } from '../finding.ts';
import { queryOf, type VariableJson } from './dashboard-json.ts';
import type { DashboardView } from './dashboard-view.ts';

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
            problem: `no datasource variable, got ${listed(view.variables.map(({ name = '' }) => name))}`,
            repair: 'declare one, so that the dashboard runs on any datasource of its type',
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
    finds: 'a query variable that asks no function of the Prometheus datasource, or asks it for no PromQL',
    source: 'dashboard-linter',
    run: (view) =>
      view.mainSource === 'prometheus' ? queryVariables(view).flatMap((one) => asksPromql(one, view)) : [],
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
          problem: `its values are not read again when the time range changes, got refresh ${one.refresh}`,
          repair: 'set refresh to 2',
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
      repair: `name it '${names[0]}'`,
    })),
    ...findingIf(!labels.includes(source.label ?? ''), () => ({
      path: at(source, view),
      problem: `a datasource variable for ${type} is labelled '${source.label}'`,
      repair: `label it '${labels[0]}'`,
    })),
  ];
};

const PROMETHEUS_UIDS = ['$datasource', '${datasource}', '$prometheus_datasource', '${prometheus_datasource}'];

const narrowing = (name: string, view: DashboardView): readonly Finding[] => {
  const one = view.variables.find((variable) => variable.name === name);
  if (one === undefined)
    return [
      { path: view.path, problem: `no variable '${name}'`, repair: `declare it, so that one ${name} can be chosen` },
    ];
  const label = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const wrong: readonly (readonly [boolean, string, string])[] = [
    [one.type !== 'query', `it is of type '${one.type}'`, 'make it a query'],
    [
      !PROMETHEUS_UIDS.includes(one.datasource?.uid ?? ''),
      `it asks datasource '${one.datasource?.uid}'`,
      "let it ask '${prometheus_datasource}'",
    ],
    [one.label !== label, `it is labelled '${one.label}'`, `label it '${label}'`],
    [one.multi !== true, 'it takes one value only', 'make it a multi-value variable'],
    [one.allValue !== '.+', `its all value is '${one.allValue}'`, "set its all value to '.+'"],
  ];
  return wrong.filter(([is]) => is).map(([, problem, repair]) => ({ path: at(one, view), problem, repair }));
};

const FUNCTION = /^([a-z_]+)\((.+)\)$/s;
const LABEL_ARGUMENT = /,\s*\w+\s*$/;
const FUNCTIONS = ['label_names', 'label_values', 'metrics', 'query_result'];

const asksPromql = (one: VariableJson, view: DashboardView): readonly Finding[] => {
  const text = queryOf(one) ?? '';
  const [, name = '', argument = ''] = FUNCTION.exec(text) ?? [];
  const path = at(one, view);
  if (!FUNCTIONS.includes(name))
    return [{ path, problem: `'${text}' is no query of a variable`, repair: `call one of ${FUNCTIONS.join(', ')}` }];
  const { fault } = view.queries.promql(argument.replace(name === 'label_values' ? LABEL_ARGUMENT : /$^/, ''));
  return fault === undefined ? [] : [{ path, ...fault }];
};

/** The PromQL that a query variable asks for, where it is some. */
export const selectorOfVariable = (one: VariableJson): string | undefined => {
  const [, name, argument = ''] = FUNCTION.exec(queryOf(one) ?? '') ?? [];
  if (name === 'query_result') return argument;
  return name === 'label_values' && LABEL_ARGUMENT.test(argument) ? argument.replace(LABEL_ARGUMENT, '') : undefined;
};
