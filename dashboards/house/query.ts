import type { Expression as LogExpression, Vector as LogVector } from '#logql';
import type { Expression, Vector } from '#promql';
import type { AnySignal, Legend, Signal } from '#signals';
import { type DatasourceRef, LOKI, PROMETHEUS } from './datasources.ts';
import type { Drill } from './links.ts';
import type { PanelUnit } from './units.ts';

/** Options of a query. */
export interface QueryOptions<L extends string> {
  /** A data link; it can pass on only labels that the series have. @default - none */
  readonly drill?: Drill<L>;
  /** A unit of its own, on an axis on the right. @default - the panel's unit */
  readonly unit?: PanelUnit;
  /** A fixed colour. @default - by the panel's rules and thresholds */
  readonly color?: string;
  /** The signal that the query shows; the panel gets the threshold lines of its alerts. @default - none */
  readonly signal?: AnySignal;
}

/** A Prometheus query with the legend of its series. */
export interface Query extends QueryOptions<string> {
  readonly datasource: 'prometheus';
  readonly expression: Expression;
  readonly legend: string;
}

/** A Loki query that returns series, with their legend. */
export interface LogSeries extends QueryOptions<string> {
  readonly datasource: 'loki';
  readonly expression: LogExpression;
  readonly legend: string;
}

/** A query of a panel that shows series. */
export type SeriesQuery = Query | LogSeries;

/** The datasource of a query. */
export const datasourceRef = ({ datasource }: SeriesQuery): DatasourceRef =>
  datasource === 'prometheus' ? PROMETHEUS : LOKI;

/** A query whose legend uses labels that its series have; metrics of an account have to be aggregated over replicas by `maxBy`. */
export const query = <L extends string, const T extends string>(
  expression: Vector<L>,
  legend: T & Legend<NoInfer<T>, NoInfer<L>>,
  options: QueryOptions<NoInfer<L>> = {},
): Query => ({ datasource: 'prometheus', expression, legend, ...options });

/** A Loki query whose legend uses labels that its series have. */
export const logSeries = <L extends string, const T extends string>(
  expression: LogVector<L>,
  legend: T & Legend<NoInfer<T>, NoInfer<L>>,
  options: QueryOptions<NoInfer<L>> = {},
): LogSeries => ({ datasource: 'loki', expression, legend, ...options });

/** A query of a signal, with its legend and the threshold lines of its alerts. */
export const draw = <L extends string>(
  signal: Signal<L>,
  options: Omit<QueryOptions<NoInfer<L>>, 'signal'> = {},
): Query => ({ datasource: 'prometheus', expression: signal.drawn, legend: signal.legend, signal, ...options });
