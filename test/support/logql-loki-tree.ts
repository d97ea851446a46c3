import { toSeconds } from '#catalog';
import { type LogNode, print } from '#logql';
import { parseTree } from './logql-tree.ts';

/** A query as a running Loki reads it, with ranges in seconds. @throws when Loki refuses the query, with its reason */
export const lokiTree = async (url: string, node: LogNode): Promise<LogNode> => {
  const query = print({ node });
  const response = await fetch(`${url}/loki/api/v1/format_query?${new URLSearchParams({ query })}`);
  const answer = (await response.json()) as { readonly data?: string; readonly error?: string };
  if (answer.data === undefined) throw new Error(`loki refuses '${query}': ${answer.error}`);
  return inSeconds(parseTree(answer.data));
};

/** A tree with all ranges in seconds: Loki may write `168h0m0s` for `1w`. */
export const inSeconds = <N extends LogNode>(node: N): N => {
  switch (node.kind) {
    case 'count-over-time':
      return { ...node, range: `${toSeconds(node.range)}s` };
    case 'sum':
      return { ...node, of: inSeconds(node.of) };
    default:
      return node;
  }
};
