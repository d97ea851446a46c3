import { z } from 'zod';
import type { DatasourceRef, VariableModel } from './classic.ts';
import { builtIn, interpolate, type Lookup, references, type Variable } from './interpolate.ts';
import type { Json } from './preview-data.ts';
import { MissingSource, type Sources } from './sources.ts';
import { formatDuration, intervalOf, type TimeRange } from './time.ts';

/** A value that a variable offers. */
export interface Option {
  readonly text: string;
  readonly value: string;
}

/** A variable that has got its value. */
export interface ResolvedVariable extends Variable {
  /** What panels repeat over: the chosen options, or all of them. */
  readonly selected: readonly Option[];
}

/** What variables are resolved with. */
export interface VariableContext {
  readonly sources: Sources;
  readonly range: TimeRange;
  /** By name: the values that the user has chosen; `All` stands for all. */
  readonly chosen: ReadonlyMap<string, readonly string[]>;
  /** Called for each variable whose query failed, with the reason. */
  readonly failed: (problem: string) => void;
}

/** Grafana's mark of a variable that stands at All. */
const ALL = '$__all';

/** A kind of data source: `prometheus`, `loki`, or another that the preview has none of. */
export type SourceKind = string;

const kindOfName = (name: string): SourceKind => {
  if (name.startsWith('-- ')) return name;
  return name.toLowerCase().includes('loki') ? 'loki' : 'prometheus';
};

/** The kind of a data source that a dashboard names; without a type it is guessed from the name. */
export const kindOf = (
  ref: DatasourceRef,
  variables: ReadonlyMap<string, ResolvedVariable>,
  types: ReadonlyMap<string, string>,
): SourceKind => {
  const { type, uid } = typeof ref === 'string' ? { type: null, uid: ref } : (ref ?? {});
  if (type) return type;
  const name = uid ?? '';
  const ofVariable = references(name).map((one) => types.get(one))[0];
  return ofVariable ?? kindOfName(interpolate(name, (one) => variables.get(one), 'text'));
};

const option = (text: string, value = text): Option => ({ text, value });

/** `1 : a, b\,c` is the value 1 named a, and the value `b,c`. */
const customOptions = (query: string): readonly Option[] =>
  (query.match(/(?:\\,|[^,])+/g) ?? [])
    .map((text) => text.replaceAll('\\,', ',').trim())
    .filter((text) => text !== '')
    .map((text) => {
      const [, name, value] = /^(.+?)\s:\s(.+)$/s.exec(text) ?? [];
      return name === undefined || value === undefined ? option(text) : option(name, value);
    });

const naturally = new Intl.Collator('en', { numeric: true });
const byText = (left: Option, right: Option): number => (left.text < right.text ? -1 : Number(left.text > right.text));
const firstNumber = ({ text }: Option): number => Number(/\d+(?:\.\d+)?/.exec(text)?.[0] ?? -1);
const lowerCase = ({ text }: Option): Option => option(text.toLowerCase());

const ORDERS = [
  byText,
  (left: Option, right: Option) => firstNumber(left) - firstNumber(right),
  (left: Option, right: Option) => byText(lowerCase(left), lowerCase(right)),
  (left: Option, right: Option) => naturally.compare(left.text, right.text),
] as const;

/** @see https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/ : 0 keeps the order, then pairs up and down */
const sorted = (options: readonly Option[], sort: number): readonly Option[] => {
  const order = ORDERS[Math.ceil(sort / 2) - 1];
  if (order === undefined) return options;
  const ascending = options.toSorted(order);
  return sort % 2 === 1 ? ascending : ascending.toReversed();
};

const regexOf = (text: string): RegExp => {
  const [, body, flags] = /^\/(.*)\/([a-z]*)$/s.exec(text) ?? [];
  return new RegExp(body ?? text, flags?.replaceAll('g', ''));
};

const captured = (value: string, pattern: RegExp): Option | undefined => {
  const match = pattern.exec(value);
  if (match === null) return undefined;
  const { text, value: named } = match.groups ?? {};
  if (text !== undefined || named !== undefined) return option(text ?? named ?? '', named ?? text);
  return option(match[1] ?? match[0]);
};

const filtered = (values: readonly string[], regex: string): readonly Option[] => {
  const options =
    regex === ''
      ? values.map((value) => option(value))
      : values.flatMap((value) => captured(value, regexOf(regex)) ?? []);
  return [...new Map(options.map((one) => [one.value, one])).values()];
};

/** The text of a variable's query; newer dashboards wrap it. */
const queryText = (query: VariableModel['query']): string => {
  if (typeof query === 'string') return query;
  const {
    query: inner,
    label,
    stream,
    metric,
  } = z
    .looseObject({
      query: z.string().optional().catch(undefined),
      label: z.string().optional().catch(undefined),
      stream: z.string().optional().catch(undefined),
      metric: z.string().optional().catch(undefined),
    })
    .parse(query ?? {});
  if (inner !== undefined) return inner;
  const selector = stream || metric;
  return label ? `label_values(${selector ? `${selector}, ` : ''}${label})` : '';
};

const vector = z.looseObject({
  resultType: z.string(),
  result: z.array(
    z.looseObject({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
  ),
});

/** One text a series, as Grafana has it: name and labels, value, and milliseconds. */
const seriesTexts = (data: Json): readonly string[] => {
  const parsed = vector.safeParse(data);
  if (!parsed.success) return [];
  return parsed.data.result.map(({ metric: { __name__ = '', ...labels }, value: [at, value] }) => {
    const pairs = Object.entries(labels).map(([name, text]) => `${name}="${text}"`);
    return `${__name__}{${pairs.join(',')}} ${value} ${at * 1_000}`;
  });
};

const askPrometheus = async (query: string, { sources: { metrics }, range }: VariableContext) => {
  const [, selector, label] = /^\s*label_values\((?:(.+),\s*)?([\w:.]+)\s*\)\s*$/s.exec(query) ?? [];
  if (label !== undefined) return metrics.labelValues(label, range, selector);
  const [, pattern] = /^\s*metrics\((.+)\)\s*$/s.exec(query) ?? [];
  if (pattern !== undefined) {
    const matches = new RegExp(pattern);
    return (await metrics.labelValues('__name__', range)).filter((name) => matches.test(name));
  }
  const [, expr] = /^\s*query_result\((.+)\)\s*$/s.exec(query) ?? [];
  if (expr !== undefined) return seriesTexts(await metrics.instant(expr, range.to));
  if (/^\s*label_names\(\s*\)\s*$/.test(query)) return metrics.labelNames(range);
  return seriesTexts(await metrics.instant(query, range.to));
};

const askLoki = async (query: string, { sources: { logs }, range }: VariableContext) => {
  const [, selector, label] = /^\s*label_values\((?:(.+),\s*)?(\w+)\s*\)\s*$/s.exec(query) ?? [];
  return label === undefined ? [] : logs.labelValues(label, range, selector);
};

interface Known {
  readonly variables: ReadonlyMap<string, ResolvedVariable>;
  /** The types of the variables that stand for data sources, by their name. */
  readonly types: ReadonlyMap<string, string>;
}

const timeLookup = ({ from, to }: TimeRange): ReadonlyMap<string, Variable> => {
  const range = to - from;
  const values = {
    __from: String(from),
    __to: String(to),
    __range: formatDuration(range),
    __range_s: String(Math.round(range / 1_000)),
    __range_ms: String(range),
    __interval: '1m',
    __rate_interval: '4m',
  };
  return new Map(Object.entries(values).map(([name, value]) => [name, builtIn(name, value)]));
};

const queriedOptions = async (
  model: VariableModel,
  { variables, types }: Known,
  context: VariableContext,
): Promise<readonly Option[]> => {
  const times = timeLookup(context.range);
  const lookup: Lookup = (name) => variables.get(name) ?? times.get(name);
  const query = interpolate(queryText(model.query), lookup, 'query');
  const kind = kindOf(model.datasource, variables, types);
  if (query === '' || (kind !== 'prometheus' && kind !== 'loki')) return [];
  try {
    const values = await (kind === 'loki' ? askLoki(query, context) : askPrometheus(query, context));
    return sorted(filtered(values, interpolate(model.regex ?? '', lookup, 'text')), model.sort ?? 0);
  } catch (error) {
    if (!(error instanceof MissingSource)) context.failed(`variable ${model.name}: ${(error as Error).message}`);
    return [];
  }
};

const AUTO_POINTS = 30;

const intervalOptions = (query: string, range: TimeRange): readonly Option[] => {
  const auto = formatDuration(intervalOf({ range, maxDataPoints: AUTO_POINTS, minInterval: 10_000 }));
  return customOptions(query).map(({ text, value }) => option(text, value === 'auto' ? auto : value));
};

const optionsOf = (model: VariableModel, known: Known, context: VariableContext) => {
  const query = typeof model.query === 'string' ? model.query : '';
  if (model.type === 'query') return queriedOptions(model, known, context);
  if (model.type === 'custom') return customOptions(query);
  if (model.type === 'interval') return intervalOptions(query, context.range);
  if (model.type === 'datasource') return [option(query)];
  return [];
};

/** What stands in the file as chosen, before the options are known. */
const currentValues = ({ current }: VariableModel): readonly string[] => {
  const value = current?.value;
  if (value === null || value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
};

const isAll = (values: readonly string[]): boolean => values.some((value) => value === ALL || value === 'All');

const allOf = (model: VariableModel, options: readonly Option[]): ResolvedVariable => {
  const values = options.map(({ value }) => value);
  const custom = model.allValue ?? '';
  const value = custom === '' ? values : custom;
  return { name: model.name, text: 'All', value, multi: true, verbatim: custom !== '', selected: options };
};

const chosenOf = (model: VariableModel, values: readonly string[], options: readonly Option[]): ResolvedVariable => {
  const selected = values.map(
    (value) => options.find((one) => one.value === value || one.text === value) ?? option(value),
  );
  const several = model.multi === true;
  const texts = selected.map(({ text }) => text);
  const inner = selected.map(({ value }) => value);
  return {
    name: model.name,
    text: several ? texts : texts.join(),
    value: several ? inner : inner.join(),
    multi: several || model.includeAll === true,
    verbatim: false,
    selected,
  };
};

/** Old values that are no longer offered give way, as when Grafana loads a dashboard. */
const defaultValues = (model: VariableModel, options: readonly Option[]): readonly string[] => {
  const current = currentValues(model).filter(
    (value) => value === ALL || options.length === 0 || options.some((one) => one.value === value),
  );
  if (current.length > 0) return current;
  if (model.includeAll === true) return [ALL];
  return options.slice(0, 1).map(({ value }) => value);
};

const freeValue = (model: VariableModel): readonly string[] => {
  const current = currentValues(model);
  if (model.type === 'constant') return [typeof model.query === 'string' ? model.query : current.join()];
  return current.length > 0 ? current : [typeof model.query === 'string' ? model.query : ''];
};

const HAS_OPTIONS: ReadonlySet<string> = new Set(['query', 'custom', 'interval']);

const resolve = async (model: VariableModel, known: Known, context: VariableContext): Promise<ResolvedVariable> => {
  const options = await optionsOf(model, known, context);
  const asked = context.chosen.get(model.name);
  if (asked !== undefined) {
    return isAll(asked) && model.includeAll === true ? allOf(model, options) : chosenOf(model, asked, options);
  }
  if (model.type === 'datasource')
    return chosenOf(
      { ...model, multi: false },
      options.map(({ value }) => value),
      options,
    );
  const values = HAS_OPTIONS.has(model.type) ? defaultValues(model, options) : freeValue(model);
  return isAll(values) ? allOf(model, options) : chosenOf(model, values, options);
};

/** Whether a variable's query needs another one that has no value yet. */
const waitsFor = (model: VariableModel, open: ReadonlySet<string>): boolean =>
  references(`${queryText(model.query)} ${model.regex ?? ''}`).some((name) => name !== model.name && open.has(name));

/** Data sources that a dashboard's variables stand for: name to type. */
export const datasourceTypes = (models: readonly VariableModel[]): ReadonlyMap<string, string> =>
  new Map(
    models
      .filter(({ type }) => type === 'datasource')
      .map(({ name, query }) => [name, typeof query === 'string' ? query : 'prometheus']),
  );

/**
 * Gives each variable of a dashboard its value: the chosen one, the one in its file, All, or the first that is
 * offered. A variable comes after those that its query names.
 */
export const resolveVariables = async (
  models: readonly VariableModel[],
  context: VariableContext,
): Promise<ReadonlyMap<string, ResolvedVariable>> => {
  const types = datasourceTypes(models);
  const variables = new Map<string, ResolvedVariable>();
  let open = models.filter(({ type }) => type !== 'adhoc');
  while (open.length > 0) {
    const names = new Set(open.map(({ name }) => name));
    const free = open.filter((model) => !waitsFor(model, names));
    // Variables that wait for one another in a circle are taken as they come.
    const round = free.length > 0 ? free : open.slice(0, 1);
    const resolved = await Promise.all(round.map((model) => resolve(model, { variables, types }, context)));
    for (const variable of resolved) variables.set(variable.name, variable);
    open = open.filter((model) => !round.includes(model));
  }
  return variables;
};
