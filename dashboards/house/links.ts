import type { FieldKinds, LogEvent, PanelId } from '#catalog';
import { type FieldConditions, logQuery, type ParsedKinds, type Where } from '#logql';
import { LOKI, reference } from './datasources.ts';

/** What a click on a series leads to: `L` are the labels of the series that the address takes along. */
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

/** Labels that have a variable of their own on some dashboard. */
export type VariableLabel = 'credential' | 'model' | 'level' | 'event';

const SAME_TIME = reference('__url_time_range');
const SAME_VARIABLES = reference('__all_variables');

/** What stands for some variables with what is chosen, in an address. */
const same = (variables: readonly string[]): string =>
  variables.map((name) => reference(`${name}:queryparam`)).join('&');

/** Variables that say where to ask and about which targets. */
const TARGETS = ['prometheus_datasource', 'loki_datasource', 'job', 'instance'] as const;

/** Those of them that a dashboard of lines has: Loki's streams have no job. */
const LINE_TARGETS = ['loki_datasource', 'prometheus_datasource', 'instance'] as const;

const labelOf = (label: string): string => reference(`__field.labels.${label}`);

/** The value that was clicked. */
const CLICKED = reference('__value.raw');

/** Leads from a series to a dashboard that shows nothing but the series' credential or model. */
export const onlyThis = <const V extends VariableLabel>(
  label: V,
  dashboard: string,
  keeps: readonly string[] = TARGETS,
): Drill<V> => ({
  title: `Only this ${label}`,
  url: `/d/${dashboard}?${SAME_TIME}&${same(keeps)}&var-${label}=${labelOf(label)}`,
  takes: [label],
});

/** Leads from a series of a dashboard of lines to a dashboard that shows nothing but the series' label. */
export const onlyThisOfLines = <const V extends VariableLabel>(label: V, dashboard: string): Drill<V> =>
  onlyThis(label, dashboard, LINE_TARGETS);

/** Leads from a value in a table of lines to a dashboard that shows nothing but that value. */
export const onlyThisValue = (title: string, label: VariableLabel, dashboard: string): Link => ({
  title,
  url: `/d/${dashboard}?${SAME_TIME}&${same(LINE_TARGETS)}&var-${label}=${CLICKED}`,
});

/** Leads from a value in a table of lines to the panel that shows all lines with it, whatever else was chosen. */
export const searchedFor = (title: string, variable: string, { dashboard, id }: PanelId): Link => ({
  title,
  url: `/d/${dashboard}?viewPanel=${id}&${SAME_TIME}&${same(LINE_TARGETS)}&var-${variable}=${CLICKED}`,
});

/** Leads from a series to the log lines of an event whose fields equal labels of the series. */
export const logLines = <F extends FieldKinds, const W extends FieldLabels<F>>(
  event: LogEvent<F>,
  fields: W & Readonly<Record<Exclude<keyof W, keyof FieldLabels<F>>, never>>,
): Drill<W[keyof W] & string> => {
  const labels = Object.entries<W[keyof W] & string>(fields);
  const where = Object.fromEntries(labels.map(([field, label]) => [field, labelOf(label)])) as Where<ParsedKinds<F>>;
  return { title: 'Log lines', url: explore(logQuery(event, where).text), takes: labels.map(([, label]) => label) };
};

/** Fields of an event, each with the label of a series that has the same values. */
type FieldLabels<F extends FieldKinds> = { readonly [K in keyof FieldConditions<F>]?: string };

/** A link to all log lines of an event. */
export const allLogLines = <const F extends FieldKinds>(title: string, event: LogEvent<F>): Link => ({
  title,
  url: explore(logQuery(event).text),
});

/** A link to another panel, alone on the screen, with the same variables and time. */
export const toPanel = (title: string, { dashboard, id }: PanelId): Link => ({
  title,
  url: `/d/${dashboard}?viewPanel=${id}&${SAME_TIME}&${SAME_VARIABLES}`,
});

/** Grafana's address of a query in Explore; variables in it stay readable, because Grafana replaces them before it decodes. */
const explore = (expr: string): string => {
  const pane = {
    datasource: LOKI.uid,
    queries: [{ refId: 'A', datasource: LOKI, expr }],
    range: { from: reference('__from'), to: reference('__to') },
  };
  const encoded = encodeURIComponent(JSON.stringify({ logs: pane }));
  return `/explore?schemaVersion=1&panes=${encoded.replace(/%24%7B([\w.]+)%7D/g, (_, name: string) => reference(name))}`;
};
