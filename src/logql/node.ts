/** One condition on a label as text, of a stream or of a line. */
export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A condition on the labels of a line. The value of a comparison is a number or a variable, as written. */
export type LabelFilter =
  | ({ readonly kind: 'matcher' } & Matcher)
  | { readonly kind: 'comparison'; readonly label: string; readonly op: '>='; readonly value: string };

/** One stage of a pipeline. @see https://grafana.com/docs/loki/latest/query/log_queries/#log-pipeline */
export type Stage =
  | { readonly kind: 'line-filter'; readonly text: string }
  | { readonly kind: 'json'; readonly fields: readonly string[] }
  | { readonly kind: 'label-filter'; readonly filter: LabelFilter };

/** Lines: the streams that they are read from, and the pipeline. */
export interface LinesNode {
  readonly kind: 'logs';
  readonly streams: readonly Matcher[];
  readonly pipeline: readonly Stage[];
}

/** LogQL that the functions here do not cover. */
export interface TextNode {
  readonly kind: 'text';
  readonly text: string;
}

/** A metric query as a tree. `range` is a duration or a Grafana variable. */
export type MetricNode =
  | { readonly kind: 'count-over-time'; readonly of: LinesNode; readonly range: string }
  | { readonly kind: 'sum'; readonly by: readonly string[]; readonly of: MetricNode }
  | TextNode;

/** A LogQL query as a tree: lines, or a metric of lines. */
export type LogNode = LinesNode | MetricNode;
