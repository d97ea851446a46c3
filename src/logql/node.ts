import type { BinaryNode, BinaryOperator, ComparisonOperator } from '#vectors';

/** How a label is compared as text: equal, not equal, matches, does not match. */
export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One condition on a label, of a stream or of a line, as text. */
export interface Matcher {
  readonly label: string;
  readonly op: MatchOperator;
  readonly value: string;
}

/** A condition on the labels of a line. The value of a comparison is a number, duration, size or variable as written. */
export type LabelFilter =
  | ({ readonly kind: 'matcher' } & Matcher)
  | { readonly kind: 'comparison'; readonly label: string; readonly op: ComparisonOperator; readonly value: string }
  | { readonly kind: 'and' | 'or'; readonly left: LabelFilter; readonly right: LabelFilter };

/** A field that a parser takes out of a line under a name; `path` says where, null: under its own name. */
export interface Extraction {
  readonly label: string;
  readonly path: string | null;
}

/** A label that is made anew: another one's value under this name, or a template. */
export interface LabelFormat {
  readonly label: string;
  readonly from: { readonly kind: 'label' | 'template'; readonly text: string };
}

/** One step of a pipeline. @see https://grafana.com/docs/loki/latest/query/log_queries/#log-pipeline */
export type Stage =
  | { readonly kind: 'line-filter'; readonly op: '|=' | '!=' | '|~' | '!~'; readonly text: string }
  | { readonly kind: 'json' | 'logfmt'; readonly fields: readonly Extraction[] }
  | { readonly kind: 'pattern' | 'regexp'; readonly text: string }
  | { readonly kind: 'label-filter'; readonly filter: LabelFilter }
  | { readonly kind: 'line-format'; readonly template: string }
  | { readonly kind: 'label-format'; readonly labels: readonly LabelFormat[] }
  | { readonly kind: 'drop' | 'keep'; readonly labels: readonly string[] };

/** Lines: the streams they are read from and what is done with them. */
export interface LinesNode {
  readonly kind: 'logs';
  readonly streams: readonly Matcher[];
  readonly pipeline: readonly Stage[];
}

/** The label whose value becomes the sample of a line, and the conditions that the line has to meet after that. */
export interface Unwrap {
  readonly label: string;
  /** How the value is read: as a duration in seconds, as a size in bytes, or as it is. */
  readonly conversion: 'duration' | 'bytes' | null;
  readonly filters: readonly LabelFilter[];
}

/** What an aggregation does with the lines of a range. */
export type RangeOperator = LineOperator | UnwrappedOperator;

/** Aggregations of lines. */
export type LineOperator = 'count_over_time' | 'rate' | 'bytes_over_time' | 'bytes_rate' | 'absent_over_time';

/** Aggregations of unwrapped values. */
export type UnwrappedOperator =
  | 'sum_over_time'
  | 'avg_over_time'
  | 'min_over_time'
  | 'max_over_time'
  | 'stddev_over_time'
  | 'stdvar_over_time'
  | 'first_over_time'
  | 'last_over_time'
  | 'quantile_over_time'
  | 'rate'
  | 'rate_counter';

/** The operator of an aggregation over series. */
export type AggregationOperator =
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'count'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'sort'
  | 'sort_desc';

/** The labels that an aggregation keeps (`by`) or drops (`without`). */
export interface Grouping {
  readonly kind: 'by' | 'without';
  readonly labels: readonly string[];
}

/** A binary operator that Loki knows. */
export type Operator = Exclude<BinaryOperator, 'atan2'>;

/** A metric query as a tree. `range` and `offset` are durations or Grafana variables. */
export type MetricNode =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'vector'; readonly value: number }
  | {
      readonly kind: 'range-aggregation';
      readonly op: RangeOperator;
      readonly param: number | null;
      readonly of: LinesNode;
      readonly unwrap: Unwrap | null;
      readonly range: string;
      readonly offset: string | null;
      readonly grouping: Grouping | null;
    }
  | {
      readonly kind: 'aggregation';
      readonly op: AggregationOperator;
      readonly grouping: Grouping | null;
      readonly param: number | null;
      readonly of: MetricNode;
    }
  | {
      readonly kind: 'label-replace';
      readonly of: MetricNode;
      readonly target: string;
      readonly replacement: string;
      readonly source: string;
      readonly regex: string;
    }
  | BinaryNode<MetricNode, Operator>;

/** A LogQL query as a tree: lines, or a metric of lines. */
export type LogNode = LinesNode | MetricNode;

/** The nodes of some kinds. */
export type NodeOf<K extends LogNode['kind']> = Extract<LogNode, { readonly kind: K }>;

/** The same tree with what selects lines replaced by what a function makes of it. */
export const rewriteLines = <N extends LogNode>(node: N, change: (lines: LinesNode) => LinesNode): N =>
  rewritten(node, change) as N;

const rewritten = (node: LogNode, change: (lines: LinesNode) => LinesNode): LogNode => {
  switch (node.kind) {
    case 'logs':
      return change(node);
    case 'number':
    case 'vector':
      return node;
    case 'range-aggregation':
      return { ...node, of: change(node.of) };
    case 'binary':
      return { ...node, left: rewriteLines(node.left, change), right: rewriteLines(node.right, change) };
    default:
      return { ...node, of: rewriteLines(node.of, change) };
  }
};

/** The nodes directly below a node. */
export const children = (node: LogNode): readonly LogNode[] => {
  switch (node.kind) {
    case 'logs':
    case 'number':
    case 'vector':
      return [];
    case 'binary':
      return [node.left, node.right];
    default:
      return [node.of];
  }
};

/** Every node of a tree, the root first. */
export const walk = (node: LogNode): readonly LogNode[] => [node, ...children(node).flatMap(walk)];
