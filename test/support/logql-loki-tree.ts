import { toSeconds } from '#catalog';
import { type LogNode, type MetricNode, print } from '#logql';
import { parseTree } from './logql-tree.ts';

/**
 * A query as a running Loki reads it, in canonical form with durations in seconds. Loki answers with a text of its own,
 * in which each operation has parentheses; a long text has none, so where several operators stand in one the answer is
 * null.
 *
 * @throws when Loki refuses the query, with its reason
 */
export const lokiTree = async (url: string, node: LogNode): Promise<LogNode | null> => {
  const query = print({ node });
  const response = await fetch(`${url}/loki/api/v1/format_query?${new URLSearchParams({ query })}`);
  const answer = (await response.json()) as { readonly data?: string; readonly error?: string };
  if (answer.data === undefined) throw new Error(`loki refuses '${query}': ${answer.error}`);
  return answer.data.includes('\n') && operatorsIn(node) > 1 ? null : inSeconds(parseTree(answer.data));
};

const operatorsIn = (node: LogNode): number => {
  switch (node.kind) {
    case 'binary':
      return 1 + operatorsIn(node.left) + operatorsIn(node.right);
    case 'aggregation':
    case 'label-replace':
      return operatorsIn(node.of);
    default:
      return 0;
  }
};

/** A tree with all durations in seconds: Loki writes `1w` as `1w` in a range and as `168h0m0s` after `offset`. */
export const inSeconds = (node: LogNode): LogNode => (node.kind === 'logs' ? node : metricInSeconds(node));

const metricInSeconds = (node: MetricNode): MetricNode => {
  switch (node.kind) {
    case 'range-aggregation':
      return {
        ...node,
        range: seconds(node.range),
        offset: node.offset === null ? null : seconds(node.offset),
      };
    case 'binary':
      return { ...node, left: metricInSeconds(node.left), right: metricInSeconds(node.right) };
    case 'aggregation':
    case 'label-replace':
      return { ...node, of: metricInSeconds(node.of) };
    default:
      return node;
  }
};

const seconds = (duration: string): string =>
  duration.startsWith('-') ? `-${seconds(duration.slice(1))}` : `${toSeconds(duration)}s`;
