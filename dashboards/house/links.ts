import type { FieldKinds, LogEvent, PanelId } from '#catalog';
import { type FieldConditions, logQuery, type ParsedKinds, type Where } from '#logql';
import { LOKI, reference } from './datasources.ts';

/** A data link of a series; `L` are the labels of the series that its URL passes on. */
export interface Drill<out L extends string> {
  readonly title: string;
  readonly url: string;
  readonly takes: readonly L[];
}

/** A link in the header of a panel or of the dashboard. */
export interface Link {
  readonly title: string;
  readonly url: string;
}

/** Labels that have a variable on some dashboard. */
export type VariableLabel = 'credential' | 'model' | 'level' | 'event';

const SAME_TIME = reference('__url_time_range');
const SAME_VARIABLES = reference('__all_variables');

/** Query parameters that pass on the current values of some variables. */
const same = (variables: readonly string[]): string =>
  variables.map((name) => reference(`${name}:queryparam`)).join('&');

/** The variables for datasources and targets. */
const TARGETS = ['prometheus_datasource', 'loki_datasource', 'job', 'instance'] as const;

/** Those of them on a dashboard of logs: Loki's streams have no job. */
const LINE_TARGETS = ['loki_datasource', 'prometheus_datasource', 'instance'] as const;

const labelOf = (label: string): string => reference(`__field.labels.${label}`);

/** The clicked value. */
const CLICKED = reference('__value.raw');

/** Links a series to a dashboard that is filtered by one of its labels. */
export const onlyThis = <const V extends VariableLabel>(
  label: V,
  dashboard: string,
  keeps: readonly string[] = TARGETS,
): Drill<V> => ({
  title: `Only this ${label}`,
  url: `/d/${dashboard}?${SAME_TIME}&${same(keeps)}&var-${label}=${labelOf(label)}`,
  takes: [label],
});

/** Links a series of a dashboard of logs to a dashboard that is filtered by one of its labels. */
export const onlyThisOfLines = <const V extends VariableLabel>(label: V, dashboard: string): Drill<V> =>
  onlyThis(label, dashboard, LINE_TARGETS);

/** Links a value in a table of log lines to a dashboard that is filtered by that value. */
export const onlyThisValue = (title: string, label: VariableLabel, dashboard: string): Link => ({
  title,
  url: `/d/${dashboard}?${SAME_TIME}&${same(LINE_TARGETS)}&var-${label}=${CLICKED}`,
});

/** Links a value in a table of log lines to the panel with all lines that contain it, whatever else is selected. */
export const searchedFor = (title: string, variable: string, { dashboard, id }: PanelId): Link => ({
  title,
  url: `/d/${dashboard}?viewPanel=${id}&${SAME_TIME}&${same(LINE_TARGETS)}&var-${variable}=${CLICKED}`,
});

/** Links a series to the log lines of an event whose fields equal labels of the series. */
export const logLines = <F extends FieldKinds, const W extends FieldLabels<F>>(
  event: LogEvent<F>,
  fields: W & Readonly<Record<Exclude<keyof W, keyof FieldLabels<F>>, never>>,
): Drill<W[keyof W] & string> => {
  const labels = Object.entries<W[keyof W] & string>(fields);
  const where = Object.fromEntries(labels.map(([field, label]) => [field, labelOf(label)])) as Where<ParsedKinds<F>>;
  return { title: 'Log lines', url: explore(logQuery(event, where).text), takes: labels.map(([, label]) => label) };
};

/** Fields of an event, each with the label of the series that has the same values. */
type FieldLabels<F extends FieldKinds> = { readonly [K in keyof FieldConditions<F>]?: string };

/** A link to all log lines of an event. */
export const allLogLines = <const F extends FieldKinds>(title: string, event: LogEvent<F>): Link => ({
  title,
  url: explore(logQuery(event).text),
});

/** A link to the view of a single panel, with the same variables and time range. */
export const toPanel = (title: string, { dashboard, id }: PanelId): Link => ({
  title,
  url: `/d/${dashboard}?viewPanel=${id}&${SAME_TIME}&${SAME_VARIABLES}`,
});

/** The URL of a query in Explore; variables in it are not encoded, because Grafana replaces them before it decodes. */
const explore = (expr: string): string => {
  const pane = {
    datasource: LOKI.uid,
    queries: [{ refId: 'A', datasource: LOKI, expr }],
    range: { from: reference('__from'), to: reference('__to') },
  };
  const encoded = encodeURIComponent(JSON.stringify({ logs: pane }));
  return `/explore?schemaVersion=1&panes=${encoded.replace(/%24%7B([\w.]+)%7D/g, (_, name: string) => reference(name))}`;
};
