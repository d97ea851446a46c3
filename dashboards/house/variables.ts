import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { type Metric, proxy, proxyRecorded } from '#catalog';
import { type Matcher, variable } from '#promql';
import { PROMETHEUS } from './datasources.ts';
import { type PlainObject, plain } from './plain.ts';

/** A choice that narrows the whole dashboard: its values are those that a label has on some metrics. */
interface Choice {
  readonly label: string;
  readonly title: string;
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Choices that narrow this one's values. */
  readonly within: readonly string[];
}

/**
 * The choices, in their order on the screen; a label's variable has its name.
 *
 * Recorded series belong to an account and carry the static instance `account`, while every selector of a dashboard has to
 * say `instance=~"$instance"`. So the list of instances has that name among the pods: with All they match, and whoever picks
 * a pod can pick `account` with it. Grafana escapes what a variable's value contains, so no value can match both by itself.
 */
const CHOICES: readonly Choice[] = [
  { label: 'job', title: 'Job', metrics: [proxy.buildInfo], within: [] },
  {
    label: 'instance',
    title: 'Instance',
    metrics: [proxy.buildInfo, proxyRecorded.projectedUtilization],
    within: ['job'],
  },
  {
    label: 'credential',
    title: 'Credential',
    metrics: [proxy.utilization, proxy.credentialState],
    within: ['job', 'instance'],
  },
  { label: 'model', title: 'Model', metrics: [proxy.tokensOutput], within: ['job', 'instance'] },
];

/** Conditions that put every choice on every selector whose metric has the label. */
export const CONDITIONS: readonly Matcher[] = CHOICES.map(({ label }) => ({ label, ...variable(label) }));

/** The variables of a dashboard: datasources first, of them Prometheus first, because linters go by the first. */
export const variables = (): readonly PlainObject[] => [
  datasource('prometheus', 'Prometheus data source'),
  datasource('loki', 'Loki data source'),
  ...CHOICES.map(choice),
];

const datasource = (type: string, label: string): PlainObject =>
  withoutNoise(new DatasourceVariableBuilder(`${type}_datasource`).label(label).type(type).build());

const choice = (of: Choice): PlainObject =>
  withoutNoise(
    new QueryVariableBuilder(of.label)
      .label(of.title)
      .datasource(PROMETHEUS)
      .query(labelValues(of))
      .definition(labelValues(of))
      .multi(true)
      .includeAll(true)
      .allValue('.+')
      .current({ text: ['All'], value: ['$__all'] })
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.NaturalAsc)
      .build(),
  );

const labelValues = ({ label, metrics: [first, ...more], within }: Choice): string => {
  const names = more.length === 0 ? [] : [`__name__=~"${[first, ...more].map(({ name }) => name).join('|')}"`];
  const conditions = [...names, ...within.map((name) => `${name}=~"$${name}"`)];
  const metric = more.length === 0 ? first.name : '';
  return `label_values(${metric}${conditions.length === 0 ? '' : `{${conditions.join(', ')}}`}, ${label})`;
};

/** The SDK adds the settings of interval variables to every variable. */
const withoutNoise = ({ auto, auto_min, auto_count, skipUrlSync, ...model }: VariableModel): PlainObject =>
  plain(model);
