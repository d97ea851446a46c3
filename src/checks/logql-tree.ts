import type { SyntaxNode, Tree } from '@lezer/common';

/** A condition of a LogQL query on a label: of its streams, or of a line's fields. */
export interface LogCondition {
  readonly label: string;
  readonly op: string;
  readonly value: string;
}

/** What checks read of a LogQL query; names, values and ranges are those of the text, variables among them. */
export interface LogqlParts {
  readonly streams: readonly LogCondition[];
  readonly conditions: readonly LogCondition[];
  /** Labels that the query groups by, unwraps, keeps or drops. */
  readonly labels: readonly string[];
  /** Names that a stage of the query makes itself. */
  readonly made: readonly string[];
  /** The ranges of its range vectors. */
  readonly ranges: readonly string[];
  /** Whether each of its selectors is followed by a stage. */
  readonly staged: boolean;
  /** Whether a parser such as `json` runs, so that fields are labels. */
  readonly parsed: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** The parts of a LogQL query that parsed. */
export const partsOf = (tree: Tree, text: string): LogqlParts => {
  const parts: Mutable<LogqlParts> = {
    streams: [],
    conditions: [],
    labels: [],
    made: [],
    ranges: [],
    staged: true,
    parsed: false,
  };
  tree.iterate({ enter: ({ node }) => read(node, text, parts) });
  return parts;
};

const PARSER = /^(Label|Logfmt|Json)(Expression)?Parser$/;
const NAMES_ONE = /^(NumberFilter|DurationFilter|BytesFilter|UnwrapExpr|KeepLabel|DropLabel)$/;
const MAKES_ONE = /^(LabelExtractionExpression|LabelFormatMatcher)$/;

const read = (node: SyntaxNode, text: string, parts: Mutable<LogqlParts>): void => {
  const { name } = node;
  if (PARSER.test(name)) parts.parsed = true;
  if (MAKES_ONE.test(name)) parts.made.push(...namesIn(node, text).slice(0, 1));
  if (NAMES_ONE.test(name)) parts.labels.push(...namesIn(node, text).slice(0, 1));
  READERS[name]?.(node, text, parts);
};

/** What nodes of one name say. */
const READERS: Readonly<Record<string, typeof read>> = {
  Selector: (node, _, parts) => {
    parts.staged &&= node.nextSibling?.name === 'PipelineExpr';
  },
  Range: ({ from, to }, text, parts) => {
    parts.ranges.push(text.slice(from + 1, to - 1).trim());
  },
  Matcher: (node, text, parts) => {
    parts[isStream(node) ? 'streams' : 'conditions'].push(conditionOf(node, text));
  },
  Labels: (node, text, parts) => {
    parts.labels.push(...namesIn(node, text));
  },
};

const isStream = (node: SyntaxNode): boolean => {
  for (let parent = node.parent; parent !== null; parent = parent.parent) {
    if (parent.name === 'Selector') return true;
    if (parent.name === 'PipelineStage') return false;
  }
  return false;
};

const namesIn = (node: SyntaxNode, text: string): readonly string[] => {
  const names: string[] = [];
  node.toTree().iterate({
    enter: ({ name, from, to }) => {
      if (name === 'Identifier') names.push(text.slice(node.from + from, node.from + to));
    },
  });
  return names;
};

const conditionOf = (node: SyntaxNode, text: string): LogCondition => {
  const slice = (child: SyntaxNode | null): string => (child === null ? '' : text.slice(child.from, child.to));
  return {
    label: slice(node.firstChild),
    op: slice(node.firstChild?.nextSibling ?? null),
    value: slice(node.lastChild).slice(1, -1).replaceAll('\\\\', '\\'),
  };
};
