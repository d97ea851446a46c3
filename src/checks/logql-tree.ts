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

const PARSERS = /^(Label|Logfmt|Json)(Expression)?Parser$/;
const TEMPLATE_MADE = 'LabelFormatMatcher';

const read = (node: SyntaxNode, text: string, parts: Mutable<LogqlParts>): void => {
  const written = text.slice(node.from, node.to);
  if (node.name === 'Selector') parts.staged &&= node.nextSibling?.name === 'PipelineExpr';
  else if (node.name === 'Range') parts.ranges.push(written.slice(1, -1).trim());
  else if (PARSERS.test(node.name)) parts.parsed = true;
  else if (node.name === 'LabelExtractionExpression' || node.name === TEMPLATE_MADE)
    parts.made.push(nameIn(node, text));
  else if (node.name === 'Matcher') parts[isStream(node) ? 'streams' : 'conditions'].push(conditionOf(node, text));
  else if (NAMES_ONE.test(node.name)) parts.labels.push(nameIn(node, text));
  else if (node.name === 'Labels' || node.name === 'LabelNames') parts.labels.push(...namesIn(node, text));
};

const NAMES_ONE = /^(NumberFilter|DurationFilter|BytesFilter|UnwrapExpr|KeepLabel|DropLabel)$/;

const isStream = (node: SyntaxNode): boolean => {
  for (let parent = node.parent; parent !== null; parent = parent.parent) {
    if (parent.name === 'Selector') return true;
    if (parent.name === 'PipelineStage') return false;
  }
  return false;
};

const nameIn = (node: SyntaxNode, text: string): string => namesIn(node, text)[0] ?? '';

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
