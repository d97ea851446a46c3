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
import { type Matcher, variable } from '#promql';
import { type DatasourceRef, PROMETHEUS } from './datasources.ts';
import { type PlainObject, plain } from './plain.ts';

/** A choice among the values that a label has on some metrics; its variable has the label's name. */
export interface LabelChoice {
  readonly kind: 'label';
  readonly label: string;
  readonly title: string;
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Choices that narrow this one's values. */
  readonly within: readonly string[];
  /** What All stands for. @default '.+' */
  readonly all?: string;
}

/** A choice among values that are known: several of them, or all. */
export interface ListChoice {
  readonly kind: 'list';
  readonly name: string;
  readonly title: string;
  readonly values: readonly string[];
  /** What All stands for. */
  readonly all: string;
}

/** A choice of exactly one of some numbers. */
export interface NumberChoice {
  readonly kind: 'number';
  readonly name: string;
  readonly title: string;
  readonly values: readonly number[];
  /** The number that is set when the dashboard opens. */
  readonly initial: number;
}

/** A text that the reader types; it is empty when the dashboard opens. */
export interface TextChoice {
  readonly kind: 'text';
  readonly name: string;
  readonly title: string;
}

/** What a reader of a dashboard can choose, in the row above its panels. */
export type Choice = LabelChoice | ListChoice | NumberChoice | TextChoice;

/** A choice among the targets of some metrics by component and by pod; linters want both on every selector in PromQL. */
export const targetChoices = (
  jobsOf: LabelChoice['metrics'],
  instancesOf: LabelChoice['metrics'] = jobsOf,
): readonly [LabelChoice, LabelChoice] => [
  { kind: 'label', label: 'job', title: 'Job', metrics: jobsOf, within: [] },
  { kind: 'label', label: 'instance', title: 'Instance', metrics: instancesOf, within: ['job'] },
];

/** The name of a choice's variable. */
export const variableOf = (choice: Choice): string => (choice.kind === 'label' ? choice.label : choice.name);

/** Conditions that put every choice of a label on every selector in PromQL whose metric has the label. */
export const conditionsOf = (choices: readonly Choice[]): readonly Matcher[] =>
  choices.flatMap((choice) => (choice.kind === 'label' ? [{ label: choice.label, ...variable(choice.label) }] : []));

/** Conditions that put every choice of a stream's label on every stream selector in LogQL. */
export const streamsOf = (choices: readonly Choice[]): StreamWhere =>
  Object.fromEntries(
    choices.flatMap((choice) => {
      const name = variableOf(choice);
      return isStreamLabel(name) ? [[name, logVariable(name)]] : [];
    }),
  );

const isStreamLabel = (name: string): boolean => LOG_STREAM_LABELS.some((label) => label === name);

/** The variables of a dashboard, its datasources first. */
export const variables = (
  datasources: readonly DatasourceRef[],
  choices: readonly Choice[],
): readonly PlainObject[] => [...datasources.map(datasource), ...choices.map((choice) => withoutNoise(built(choice)))];

const datasource = ({ type }: DatasourceRef): PlainObject =>
  withoutNoise(
    new DatasourceVariableBuilder(`${type}_datasource`)
      .label(`${type.charAt(0).toUpperCase()}${type.slice(1)} data source`)
      .type(type)
      .build(),
  );

const built = (choice: Choice): VariableModel => {
  switch (choice.kind) {
    case 'label':
      return labelVariable(choice);
    case 'list':
      return listVariable(choice);
    case 'number':
      return numberVariable(choice);
    case 'text':
      return new TextBoxVariableBuilder(choice.name)
        .label(choice.title)
        .defaultValue('')
        .current({ text: '', value: '' })
        .build();
  }
};

const ALL = { text: ['All'], value: ['$__all'] };

const labelVariable = (choice: LabelChoice): VariableModel =>
  new QueryVariableBuilder(choice.label)
    .label(choice.title)
    .datasource(PROMETHEUS)
    .query(labelValues(choice))
    .definition(labelValues(choice))
    .multi(true)
    .includeAll(true)
    .allValue(choice.all ?? '.+')
    .current(ALL)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .build();

const listVariable = ({ name, title, values, all }: ListChoice): VariableModel =>
  new CustomVariableBuilder(name)
    .label(title)
    .values(values.join(','))
    .multi(true)
    .includeAll(true)
    .allValue(all)
    .current(ALL)
    .build();

const numberVariable = ({ name, title, values, initial }: NumberChoice): VariableModel =>
  new CustomVariableBuilder(name)
    .label(title)
    .values(values.join(','))
    .current({ text: String(initial), value: String(initial) })
    .build();

const labelValues = ({ label, metrics: [first, ...more], within }: LabelChoice): string => {
  const names = more.length === 0 ? [] : [`__name__=~"${[first, ...more].map(({ name }) => name).join('|')}"`];
  const conditions = [...names, ...within.map((name) => `${name}=~"$${name}"`)];
  const metric = more.length === 0 ? first.name : '';
  return `label_values(${metric}${conditions.length === 0 ? '' : `{${conditions.join(', ')}}`}, ${label})`;
};

/** The SDK adds the settings of interval variables to every variable. */
const withoutNoise = ({ auto, auto_min, auto_count, skipUrlSync, ...model }: VariableModel): PlainObject =>
  plain(model);
