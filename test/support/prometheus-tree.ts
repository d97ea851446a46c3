import { toSeconds } from '#catalog';
import { type Matcher, type Node, type NodeOf, rewrite } from '#promql';
import { canonical } from './promql-canonical.ts';

type Matching = NonNullable<NodeOf<'binary'>['matching']>;

/** A shift in time as Prometheus answers it; lengths and times are in milliseconds. */
interface Shift {
  readonly offset: number;
  readonly timestamp: number | null;
  readonly startOrEnd: 'start' | 'end' | null;
}

interface Selector extends Shift {
  readonly name: string;
  readonly matchers: readonly { readonly name: string; readonly type: Matcher['op']; readonly value: string }[];
}

/** An expression as Prometheus answers it. */
type Answer =
  | { readonly type: 'numberLiteral' | 'stringLiteral'; readonly val: string }
  | ({ readonly type: 'vectorSelector' } & Selector)
  | ({ readonly type: 'matrixSelector'; readonly range: number } & Selector)
  | ({ readonly type: 'subquery'; readonly expr: Answer; readonly range: number; readonly step: number } & Shift)
  | { readonly type: 'call'; readonly func: { readonly name: string }; readonly args: readonly Answer[] | null }
  | {
      readonly type: 'aggregation';
      readonly op: NodeOf<'aggregation'>['op'];
      readonly expr: Answer;
      readonly param: Answer | null;
      readonly grouping: readonly string[];
      readonly without: boolean;
    }
  | {
      readonly type: 'binaryExpr';
      readonly op: NodeOf<'binary'>['op'];
      readonly bool: boolean;
      readonly lhs: Answer;
      readonly rhs: Answer;
      readonly matching: AnsweredMatching | null;
    }
  | { readonly type: 'unaryExpr'; readonly op: '-' | '+'; readonly expr: Answer }
  | { readonly type: 'parenExpr'; readonly expr: Answer };

interface AnsweredMatching {
  readonly card: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly include: readonly string[];
}

/** An expression as a running Prometheus reads it, in the form that `inMilliseconds` gives. @throws when it refuses the text, with its reason */
export const prometheusTree = async (url: string, text: string): Promise<Node> => {
  const response = await fetch(`${url}/api/v1/parse_query`, {
    method: 'POST',
    body: new URLSearchParams({ query: text }),
  });
  const answer = (await response.json()) as { readonly data?: Answer; readonly error?: string };
  if (answer.data === undefined) throw new Error(`prometheus refuses '${text}': ${answer.error}`);
  return canonical(read(answer.data));
};

/** A tree in canonical form with all lengths and times in milliseconds, as Prometheus keeps them. */
export const inMilliseconds = (tree: Node): Node =>
  rewrite(canonical(tree), (node) => {
    switch (node.kind) {
      case 'matrix':
        return { ...node, range: milliseconds(node.range) };
      case 'subquery':
        return { ...node, range: milliseconds(node.range), step: node.step === null ? null : milliseconds(node.step) };
      case 'offset':
        return { ...node, by: milliseconds(node.by) };
      case 'at':
        return typeof node.at === 'number' ? { ...node, at: node.at * 1_000 } : node;
      default:
        return node;
    }
  });

const milliseconds = (duration: string): string =>
  duration.startsWith('-') ? `-${milliseconds(duration.slice(1))}` : `${toSeconds(duration) * 1_000}ms`;

const read = (answer: Answer): Node => {
  switch (answer.type) {
    case 'numberLiteral':
      return { kind: 'number', value: Number(answer.val.replace('Inf', 'Infinity')) };
    case 'stringLiteral':
      return { kind: 'string', value: answer.val };
    case 'vectorSelector':
      return shifted(answer, selector(answer));
    case 'matrixSelector':
      return shifted(answer, { kind: 'matrix', of: selector(answer), range: `${answer.range}ms` });
    case 'subquery':
      return shifted(answer, subquery(answer));
    case 'call':
      return { kind: 'call', name: answer.func.name, args: (answer.args ?? []).map(read) };
    case 'aggregation':
      return aggregation(answer);
    case 'binaryExpr':
      return binary(answer);
    case 'unaryExpr':
      return { kind: 'negation', of: read(answer.expr) };
    case 'parenExpr':
      return read(answer.expr);
  }
};

type AnswerOf<T extends Answer['type']> = Extract<Answer, { readonly type: T }>;

const selector = ({ name, matchers }: Selector): Node => ({
  kind: 'selector',
  metric: name,
  labels: [],
  matchers: matchers
    .filter((matcher) => matcher.name !== '__name__')
    .map((matcher) => ({ label: matcher.name, op: matcher.type, value: matcher.value })),
});

const subquery = ({ expr, range, step }: AnswerOf<'subquery'>): Node => ({
  kind: 'subquery',
  of: read(expr),
  range: `${range}ms`,
  step: step === 0 ? null : `${step}ms`,
});

const shifted = ({ offset, timestamp, startOrEnd }: Shift, of: Node): Node => {
  const moved: Node = offset === 0 ? of : { kind: 'offset', of, by: `${offset}ms` };
  const at = startOrEnd ?? timestamp;
  return at === null ? moved : { kind: 'at', of: moved, at };
};

const aggregation = ({ op, expr, param, grouping, without }: AnswerOf<'aggregation'>): Node => ({
  kind: 'aggregation',
  op,
  grouping: { kind: without ? 'without' : 'by', labels: grouping },
  param: param === null ? null : read(param),
  of: read(expr),
});

const binary = ({ op, bool, lhs, rhs, matching }: AnswerOf<'binaryExpr'>): Node => ({
  kind: 'binary',
  op,
  bool,
  matching: matching === null ? null : matchingOf(matching),
  left: read(lhs),
  right: read(rhs),
});

const matchingOf = ({ card, on, labels, include }: AnsweredMatching): Matching => {
  const kind = on ? 'on' : 'ignoring';
  if (card === 'many-to-one') return { kind, labels, group: { side: 'left', include } };
  if (card === 'one-to-many') return { kind, labels, group: { side: 'right', include } };
  return { kind, labels };
};
