import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  QueryEditorMode as LokiEditorMode,
  DataqueryBuilder as LokiQueryBuilder,
  LokiQueryType,
} from '@grafana/grafana-foundation-sdk/loki';
import { DataqueryBuilder, QueryEditorMode } from '@grafana/grafana-foundation-sdk/prometheus';
import { ALERT_STEP_SECONDS, type Duration, type ThresholdLine, type Thresholds, toSeconds } from '#catalog';
import { type LogQuery, print as printLogs, restrict as restrictLogs, type StreamWhere } from '#logql';
import { type Matcher, print, RATE_INTERVAL, restrict } from '#promql';
import { LOKI, PROMETHEUS } from './datasources.ts';
import type { LogSeries, Query, SeriesQuery } from './query.ts';

/** What a dashboard passes to its panels. */
export interface Context {
  readonly thresholds: Thresholds;
  /** Matchers of the dashboard's variables for every PromQL selector. */
  readonly conditions: readonly Matcher[];
  /** Matchers of the dashboard's variables for every LogQL stream selector. */
  readonly streams: StreamWhere;
}

/** Whether a panel runs instant queries, whose values its thresholds colour, or range queries, on which they are lines. */
export type Reads = 'instant' | 'range';

/** The SDK's builder of a query. */
export type Target = Builder<Dataquery>;

/** What a panel passes to its queries. */
interface TargetOptions {
  readonly refId: string;
  readonly reads: Reads;
  readonly context: Context;
  /** The panel's threshold lines. */
  readonly lines: readonly ThresholdLine[];
}

/** The refId of a panel's query, a letter. @throws beyond 26 queries */
export const refIdOf = (index: number): string => {
  if (index > 25) throw new Error(`a panel has at most 26 queries, received one more; split the panel`);
  return String.fromCharCode('A'.charCodeAt(0) + index);
};

/** A query of a panel that shows series. */
export const targetOf = (query: SeriesQuery, options: TargetOptions): Target =>
  query.datasource === 'prometheus' ? metricTarget(query, options) : logSeriesTarget(query, options);

/** A query of a panel that shows log lines. */
export const linesTarget = ({ node }: LogQuery, { streams }: Context): Target =>
  logTarget(printLogs(restrictLogs({ node }, streams)), refIdOf(0)).queryType(LokiQueryType.Range);

const metricTarget = (
  { expression, legend }: Query,
  { refId, reads, context, lines }: TargetOptions,
): DataqueryBuilder => {
  const expr = print(restrict(expression, context.conditions));
  const builder = new DataqueryBuilder()
    .refId(refId)
    .datasource(PROMETHEUS)
    .editorMode(QueryEditorMode.Code)
    .expr(expr)
    .legendFormat(legend);
  if (reads === 'instant') return builder.instant();
  if (lines.length > 0 && expr.includes(RATE_INTERVAL)) builder.interval(`${stepOf(lines)}s`);
  return builder.range();
};

/** The number of steps that Grafana's rate interval covers at least. @see ALERT_STEP_SECONDS */
const STEPS = 4;

/** The minimum step of a graph with threshold lines, in seconds: rates over shorter ranges than the alerts' would cross a line without an alert. */
const stepOf = (lines: readonly ThresholdLine[]): number =>
  Math.max(
    ALERT_STEP_SECONDS,
    ...lines.flatMap(({ over }) => (over === undefined ? [] : [toSeconds(over as Duration) / STEPS])),
  );

const logSeriesTarget = (
  { expression, legend }: LogSeries,
  { refId, reads, context }: TargetOptions,
): LokiQueryBuilder =>
  logTarget(printLogs(restrictLogs(expression, context.streams)), refId)
    .queryType(reads === 'instant' ? LokiQueryType.Instant : LokiQueryType.Range)
    .legendFormat(legend);

const logTarget = (expr: string, refId: string): LokiQueryBuilder =>
  new LokiQueryBuilder().refId(refId).datasource(LOKI).editorMode(LokiEditorMode.Code).expr(expr);
