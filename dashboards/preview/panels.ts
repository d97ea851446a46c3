import type { Panel, Target } from './classic.ts';
import { builtIn, interpolate, type Lookup, type Variable } from './interpolate.ts';
import type { Json, QueryAnswer } from './preview-data.ts';
import { placeOf } from './repeats.ts';
import { MissingSource, type Sources } from './sources.ts';
import { formatDuration, intervalOf, parseDuration, rateInterval, safeStep, type TimeRange } from './time.ts';
import { kindOf, type ResolvedVariable } from './variables.ts';

/** What the queries of a dashboard are asked with. */
export interface QueryContext {
  readonly sources: Sources;
  readonly range: TimeRange;
  readonly variables: ReadonlyMap<string, ResolvedVariable>;
  /** The types of the variables that stand for data sources, by their name. */
  readonly types: ReadonlyMap<string, string>;
  /** Pixels of the whole dashboard. */
  readonly width: number;
  /** What the Prometheus data source has as its scrape interval, in milliseconds. */
  readonly scrapeInterval: number;
  /** Called for each query that failed, with where and why. */
  readonly failed: (problem: string) => void;
}

const COLUMNS = 24;

/** Grafana's limit where neither the query nor the data source has one. */
const MAX_LINES = 1_000;

/** Loki's graphs have no points closer than this, in milliseconds. */
const LEAST_LOG_STEP = 1_000;

const durationOf = (text: unknown, lookup: Lookup): number | undefined => {
  if (typeof text === 'number') return text * 1_000;
  if (typeof text !== 'string' || text === '') return undefined;
  // Old panels have a leading `>` for "at least"; a bare number is seconds.
  const plain = interpolate(text, lookup, 'text').replace(/^>/, '').trim();
  return /^\d+$/.test(plain) ? Number(plain) * 1_000 : parseDuration(plain);
};

/** The panel's own time, where it has one. */
const rangeOf = ({ timeFrom, timeShift }: Panel, { from, to }: TimeRange): TimeRange => {
  const length = timeFrom ? parseDuration(timeFrom.replace(/^now-/, '')) : undefined;
  const shift = (timeShift ? parseDuration(timeShift) : undefined) ?? 0;
  return { from: (length === undefined ? from : to - length) - shift, to: to - shift };
};

/** Built-in variables of time. @see https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/#global-variables */
const timeVariables = (range: TimeRange, interval: number, rate: number): ReadonlyMap<string, Variable> => {
  const length = range.to - range.from;
  const values: Readonly<Record<string, string>> = {
    __interval: formatDuration(interval),
    __interval_ms: String(interval),
    __auto: formatDuration(interval),
    __rate_interval: formatDuration(rate),
    __rate_interval_ms: String(rate),
    __range: formatDuration(Math.round(length / 1_000) * 1_000),
    __range_s: String(Math.round(length / 1_000)),
    __range_ms: String(length),
  };
  return new Map(Object.entries(values).map(([name, value]) => [name, builtIn(name, value)]));
};

const moments = ({ from, to }: TimeRange): ReadonlyMap<string, Variable> =>
  new Map(
    [
      ['__from', from],
      ['__to', to],
    ].map(([name, value]) => [String(name), builtIn(String(name), String(value))]),
  );

/** The chosen value of a repeated panel comes before that of the dashboard. */
const panelLookup = ({ scopedVars = {} }: Panel, { variables, range }: QueryContext): Lookup => {
  const own = new Map(
    Object.entries(scopedVars).map(([name, { text, value }]): [string, Variable] => [
      name,
      { name, text, value, multi: variables.get(name)?.multi ?? false, verbatim: false },
    ]),
  );
  const times = moments(range);
  return (name) => own.get(name) ?? variables.get(name) ?? times.get(name);
};

const maxDataPoints = (panel: Panel, width: number): number => {
  const own = Number(panel.maxDataPoints ?? 0);
  return own > 0 ? own : Math.max(1, Math.floor((width * placeOf(panel).w) / COLUMNS));
};

interface Asked {
  readonly panel: Panel;
  readonly target: Target;
  readonly expr: string;
}

const stepOf = ({ panel, target }: Asked, lookup: Lookup, context: QueryContext, least: number) => {
  const range = rangeOf(panel, context.range);
  const own = durationOf(target.interval, lookup) ?? durationOf(panel.interval, lookup);
  const minInterval = own ?? least;
  const interval = intervalOf({ range, maxDataPoints: maxDataPoints(panel, context.width), minInterval });
  return { range, minInterval, interval: safeStep(range, interval) * (target.intervalFactor ?? 1) };
};

const align = ({ from, to }: TimeRange, step: number): TimeRange => ({
  from: Math.floor(from / step) * step,
  to: Math.floor(to / step) * step,
});

interface Answered {
  readonly expr: string;
  readonly ask: readonly (() => Promise<Json>)[];
  readonly kind: 'prometheus' | 'loki';
}

const prometheusQuery = (asked: Asked, context: QueryContext): Answered => {
  const lookup = panelLookup(asked.panel, context);
  const { range, minInterval, interval } = stepOf(asked, lookup, context, context.scrapeInterval);
  const times = timeVariables(range, interval, rateInterval(interval, minInterval));
  const expr = interpolate(asked.expr, (name) => times.get(name) ?? lookup(name), 'query');
  const { instant = false, range: ranged = !instant } = asked.target;
  const { metrics } = context.sources;
  return {
    kind: 'prometheus',
    expr,
    ask: [
      ...(ranged ? [() => metrics.range(expr, { ...align(range, interval), step: interval })] : []),
      ...(instant ? [() => metrics.instant(expr, range.to)] : []),
    ],
  };
};

const lokiQuery = (asked: Asked, context: QueryContext): Answered => {
  const lookup = panelLookup(asked.panel, context);
  const { range, interval } = stepOf(asked, lookup, context, LEAST_LOG_STEP);
  const times = timeVariables(range, interval, rateInterval(interval, LEAST_LOG_STEP));
  const expr = interpolate(asked.expr, (name) => times.get(name) ?? lookup(name), 'query');
  const timeless = interpolate(asked.expr, lookup, 'query');
  const instant = asked.target.queryType === 'instant' || asked.target.instant === true;
  const limit = Number(asked.target.maxLines ?? 0) || MAX_LINES;
  const { logs } = context.sources;
  return {
    kind: 'loki',
    expr,
    ask: [() => logs.query({ query: expr, timeless, ...range, step: interval, instant, limit })],
  };
};

const answerOf = async (
  { panel, target: { refId } }: Asked,
  { kind, expr, ask }: Answered,
  failed: QueryContext['failed'],
): Promise<readonly QueryAnswer[]> =>
  Promise.all(
    ask.map(async (one): Promise<QueryAnswer> => {
      try {
        return { refId, expr, [kind]: await one() };
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        if (!(error instanceof MissingSource)) failed(`panel "${panel.title ?? panel.id}", query ${refId}: ${problem}`);
        return { refId, expr, problem };
      }
    }),
  );

const SHARED = '-- Dashboard --';

const uidOf = ({ datasource }: Target | Panel): string =>
  typeof datasource === 'string' ? datasource : (datasource?.uid ?? '');

const answerTarget = async (panel: Panel, target: Target, context: QueryContext): Promise<readonly QueryAnswer[]> => {
  const mixed = uidOf(panel) === '-- Mixed --' || panel.datasource === null || panel.datasource === undefined;
  const ref = target.datasource ?? (mixed ? undefined : panel.datasource);
  const kind = kindOf(ref, context.variables, context.types);
  const { refId, expr = '' } = target;
  const asked = { panel, target, expr };
  if (kind !== 'prometheus' && kind !== 'loki') return [{ refId, expr, problem: `needs the data source ${kind}` }];
  if (expr.trim() === '') return [{ refId, expr, problem: 'has no query' }];
  const query = kind === 'loki' ? lokiQuery(asked, context) : prometheusQuery(asked, context);
  return answerOf(asked, query, context.failed);
};

/** The answers to the queries of a panel; hidden queries are not asked. */
export const answerPanel = async (panel: Panel, context: QueryContext): Promise<readonly QueryAnswer[]> => {
  const targets = (panel.targets ?? []).filter(({ hide }) => hide !== true);
  if (uidOf(panel) === SHARED) return [];
  return (await Promise.all(targets.map((target) => answerTarget(panel, target, context)))).flat();
};

/** The id of the panel whose answers a panel shows as its own. @see https://grafana.com/docs/grafana/latest/panels-visualizations/query-transform-data/share-query/ */
export const sharedPanel = (panel: Panel): number | undefined => {
  if (uidOf(panel) !== SHARED) return undefined;
  const id = panel.targets?.[0]?.panelId;
  return typeof id === 'number' ? id : undefined;
};
