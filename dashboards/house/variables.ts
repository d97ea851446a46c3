import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { LOG_STREAM_LABELS, type Metric } from '#catalog';
import { variable as logVariable, type StreamWhere } from '#logql';
import { variable as labelMatch, type Matcher } from '#promql';
import { type DatasourceRef, PROMETHEUS } from './datasources.ts';
import { type PlainObject, plain } from './plain.ts';

/** A variable with the values of a label on some metrics; it has the label's name. */
export interface LabelVariable {
  readonly kind: 'label';
  readonly label: string;
  readonly title: string;
  readonly metrics: readonly [Metric, ...Metric[]];
  /** The variables whose selection narrows the values of this one. */
  readonly within: readonly string[];
  /** What All stands for. @default '.+' */
  readonly all?: string;
}

/** A variable with a fixed list of values, of which several or all can be selected. */
export interface ListVariable {
  readonly kind: 'list';
  readonly name: string;
  readonly title: string;
  readonly values: readonly string[];
  /** What All stands for. */
  readonly all: string;
}

/** A variable that is exactly one of some numbers. */
export interface NumberVariable {
  readonly kind: 'number';
  readonly name: string;
  readonly title: string;
  readonly values: readonly number[];
  /** The number that is selected when the dashboard opens. */
  readonly initial: number;
}

/** A text box; it is empty when the dashboard opens. */
export interface TextVariable {
  readonly kind: 'text';
  readonly name: string;
  readonly title: string;
}

/** A template variable in the row above the panels. */
export type Variable = LabelVariable | ListVariable | NumberVariable | TextVariable;

/** The variables for jobs and instances; dashboard-linter requires both in every PromQL selector. */
export const targetVariables = (
  jobsOf: LabelVariable['metrics'],
  instancesOf: LabelVariable['metrics'] = jobsOf,
): readonly [LabelVariable, LabelVariable] => [
  { kind: 'label', label: 'job', title: 'Job', metrics: jobsOf, within: [] },
  { kind: 'label', label: 'instance', title: 'Instance', metrics: instancesOf, within: ['job'] },
];

/** The name by which queries refer to a variable. */
export const nameOf = (variable: Variable): string => (variable.kind === 'label' ? variable.label : variable.name);

/** Matchers for the label variables; they go into every PromQL selector whose metric has the label. */
export const conditionsOf = (variables: readonly Variable[]): readonly Matcher[] =>
  variables.flatMap((variable) =>
    variable.kind === 'label' ? [{ label: variable.label, ...labelMatch(variable.label) }] : [],
  );

/** Matchers for the variables of stream labels; they go into every LogQL stream selector. */
export const streamsOf = (variables: readonly Variable[]): StreamWhere =>
  Object.fromEntries(
    variables.flatMap((variable) => {
      const name = nameOf(variable);
      return isStreamLabel(name) ? [[name, logVariable(name)]] : [];
    }),
  );

const isStreamLabel = (name: string): boolean => LOG_STREAM_LABELS.some((label) => label === name);

/** A dashboard's variables as plain data, those of its datasources first. */
export const templateVariables = (
  datasources: readonly DatasourceRef[],
  variables: readonly Variable[],
): readonly PlainObject[] => [
  ...datasources.map(datasource),
  ...variables.map((variable) => withoutNoise(built(variable))),
];

const datasource = ({ type }: DatasourceRef): PlainObject =>
  withoutNoise(
    new DatasourceVariableBuilder(`${type}_datasource`)
      .label(`${type.charAt(0).toUpperCase()}${type.slice(1)} data source`)
      .type(type)
      .build(),
  );

const built = (variable: Variable): VariableModel => {
  switch (variable.kind) {
    case 'label':
      return labelVariable(variable);
    case 'list':
      return listVariable(variable);
    case 'number':
      return numberVariable(variable);
    case 'text':
      return new TextBoxVariableBuilder(variable.name)
        .label(variable.title)
        .defaultValue('')
        .current({ text: '', value: '' })
        .build();
  }
};

const ALL = { text: ['All'], value: ['$__all'] };

const labelVariable = (variable: LabelVariable): VariableModel =>
  new QueryVariableBuilder(variable.label)
    .label(variable.title)
    .datasource(PROMETHEUS)
    .query(labelValues(variable))
    .definition(labelValues(variable))
    .multi(true)
    .includeAll(true)
    .allValue(variable.all ?? '.+')
    .current(ALL)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .build();

const listVariable = ({ name, title, values, all }: ListVariable): VariableModel =>
  new CustomVariableBuilder(name)
    .label(title)
    .values(values.join(','))
    .multi(true)
    .includeAll(true)
    .allValue(all)
    .current(ALL)
    .build();

const numberVariable = ({ name, title, values, initial }: NumberVariable): VariableModel =>
  new CustomVariableBuilder(name)
    .label(title)
    .values(values.join(','))
    .current({ text: String(initial), value: String(initial) })
    .build();

const labelValues = ({ label, metrics: [first, ...more], within }: LabelVariable): string => {
  const names = more.length === 0 ? [] : [`__name__=~"${[first, ...more].map(({ name }) => name).join('|')}"`];
  const conditions = [...names, ...within.map((name) => `${name}=~"$${name}"`)];
  const metric = more.length === 0 ? first.name : '';
  return `label_values(${metric}${conditions.length === 0 ? '' : `{${conditions.join(', ')}}`}, ${label})`;
};

/** The SDK adds the settings of interval variables to every variable. */
const withoutNoise = ({ auto, auto_min, auto_count, skipUrlSync, ...model }: VariableModel): PlainObject =>
  plain(model);
