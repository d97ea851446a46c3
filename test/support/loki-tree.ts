import { toSeconds } from '#catalog';
import type { LogNode, MetricNode } from '#logql';
import { parseTree } from './logql-tree.ts';

/** Longer queries come back on several lines, without the parentheses that say how Loki groups. */
const LONGEST = 100;

/**
 * A query as a running Loki reads it, in canonical form with durations in seconds; null where Loki does not say how it
 * groups a long one. Loki answers with a text of its own, in which each operation has parentheses.
 *
 * @throws when it refuses the text, with its reason
 */
export const lokiTree = async (url: string, text: string): Promise<LogNode | null> => {
  const response = await fetch(`${url}/loki/api/v1/format_query?${new URLSearchParams({ query: text })}`);
  const answer = (await response.json()) as { readonly data?: string; readonly error?: string };
  if (answer.data === undefined) throw new Error(`loki refuses '${text}': ${answer.error}`);
  const tree = parseTree(answer.data);
  return answer.data.length > LONGEST && operatorsIn(tree) > 1 ? null : inSeconds(tree);
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
