/** How a label is compared: equal, not equal, matches, does not match. */
export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One condition on a label, of a stream or of a parsed line. */
export interface Matcher {
  readonly label: string;
  readonly op: MatchOperator;
  readonly value: string;
}

/** One step of a pipeline. @see https://grafana.com/docs/loki/latest/query/log_queries/#log-pipeline */
export type Stage =
  | { readonly kind: 'line-filter'; readonly op: '|=' | '!=' | '|~' | '!~'; readonly text: string }
  | { readonly kind: 'json' }
  | { readonly kind: 'label-filter'; readonly matcher: Matcher };

/** A LogQL query as a tree: the streams it reads and what it does with their lines. */
export interface LogNode {
  readonly kind: 'logs';
  readonly streams: readonly Matcher[];
  readonly pipeline: readonly Stage[];
}
