import { parser } from '@grafana/lezer-logql';
import { childOf, type Read, readWith, type SyntaxNode, writtenAs } from '#promql';

/** A condition of a LogQL query on a label: of its streams, or of a line's fields. */
export interface LogCondition {
  readonly label: string;
  readonly op: string;
  readonly value: string;
}

/** The parts of a LogQL query that checks read; names, values and ranges may be variables. */
export interface LogqlParts {
  readonly streams: readonly LogCondition[];
  readonly conditions: readonly LogCondition[];
  /** Labels that the query groups by, unwraps, keeps or drops. */
  readonly labels: readonly string[];
  /** Names that a stage of the query defines. */
  readonly made: readonly string[];
  /** The ranges of its range vectors. */
  readonly ranges: readonly string[];
  /** Whether each of its selectors is followed by a stage. */
  readonly staged: boolean;
  /** Whether a parser such as `json` runs, so that fields are labels. */
  readonly parsed: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

const LANGUAGE = { name: 'LogQL', parser };

/** The parts of a LogQL query, or why it does not parse. */
export const parse = (query: string): Read<LogqlParts> => readWith(LANGUAGE, query, partsOf);

/** Whether a query is a metric query, and its stream selectors, each with the position of its closing brace. */
export interface Outline {
  readonly isMetric: boolean;
  readonly selectors: readonly { readonly streams: readonly LogCondition[]; readonly end: number }[];
}

/** The outline of a query, or why it does not parse. */
export const outlineOf = (query: string): Read<Outline> =>
  readWith(LANGUAGE, query, (top, text) => ({
    isMetric: top.children.some((expression) => childOf(expression, 'MetricExpr') !== undefined),
    selectors: selectorsIn(top).map((selector) => ({
      streams: matchersIn(selector).map((matcher) => conditionOf(matcher, text)),
      end: selector.to - 1,
    })),
  }));

const selectorsIn = (node: SyntaxNode): readonly SyntaxNode[] =>
  node.name === 'Selector' ? [node] : node.children.flatMap(selectorsIn);

const partsOf = (top: SyntaxNode, text: string): LogqlParts => {
  const parts: Mutable<LogqlParts> = {
    streams: [],
    conditions: [],
    labels: [],
    made: [],
    ranges: [],
    staged: true,
    parsed: false,
  };
  read(top, text, parts);
  return parts;
};

const PARSER = /^(Label|Logfmt|Json)(Expression)?Parser$/;
const NAMES_ONE = /^(NumberFilter|DurationFilter|BytesFilter|UnwrapExpr|KeepLabel|DropLabel)$/;
const MAKES_ONE = /^(LabelExtractionExpression|LabelFormatMatcher)$/;

const read = (node: SyntaxNode, text: string, parts: Mutable<LogqlParts>): void => {
  const { name, children } = node;
  if (PARSER.test(name)) parts.parsed = true;
  if (MAKES_ONE.test(name)) parts.made.push(...namesIn(node, text).slice(0, 1));
  if (NAMES_ONE.test(name)) parts.labels.push(...namesIn(node, text).slice(0, 1));
  READERS[name]?.(node, text, parts);
  for (const [index, child] of children.entries()) {
    if (child.name === 'Selector') {
      parts.staged &&= children[index + 1]?.name === 'PipelineExpr';
      parts.streams.push(...matchersIn(child).map((matcher) => conditionOf(matcher, text)));
    } else read(child, text, parts);
  }
};

/** What to read of nodes with one name. */
const READERS: Readonly<Record<string, typeof read>> = {
  Range: (node, text, parts) => {
    parts.ranges.push(writtenAs(node, text).slice(1, -1).trim());
  },
  Matcher: (node, text, parts) => {
    parts.conditions.push(conditionOf(node, text));
  },
  Labels: (node, text, parts) => {
    parts.labels.push(...namesIn(node, text));
  },
};

const matchersIn = (node: SyntaxNode): readonly SyntaxNode[] =>
  node.name === 'Matcher' ? [node] : node.children.flatMap(matchersIn);

const namesIn = (node: SyntaxNode, text: string): readonly string[] =>
  node.name === 'Identifier' ? [writtenAs(node, text)] : node.children.flatMap((child) => namesIn(child, text));

const conditionOf = ({ children: [label, op, value] }: SyntaxNode, text: string): LogCondition => {
  const written = (node: SyntaxNode | undefined): string => (node === undefined ? '' : writtenAs(node, text));
  return { label: written(label), op: written(op), value: written(value).slice(1, -1).replaceAll('\\\\', '\\') };
};
