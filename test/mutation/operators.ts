import { fromSeconds, toSeconds } from '#catalog';
import { type Node, printOnOneLine, walk } from '#promql';
import { type NodeOf, type Variation, type Vary, variations } from './tree.ts';

type Operator = NodeOf<'binary'>['op'];
type Aggregation = NodeOf<'aggregation'>['op'];

const text = (node: Node): string => printOnOneLine({ node });

const seriesless = (node: Node): boolean => walk(node).every(({ kind }) => kind !== 'selector');

const FACTORS = [0.9, 1.1] as const;

/** Without the digits that a product of decimals brings along. */
const exact = (value: number): number => Number(value.toPrecision(12));

/** A tenth less and a tenth more; of nothing there is no tenth, so it is one less and one more. */
const nearby = (value: number): readonly number[] =>
  value === 0 ? [-1, 1] : FACTORS.map((factor) => exact(factor * value));

const scaledNumber: Vary = (node) =>
  node.kind === 'number'
    ? nearby(node.value).map((value) => ({ change: `${text(node)} → ${value}`, node: { ...node, value } }))
    : [];

const sideThresholds = (node: NodeOf<'binary'>, side: 'left' | 'right'): readonly Variation[] =>
  seriesless(node[side])
    ? variations(node[side], scaledNumber).map(({ change, node: other }) => ({
        change: `${side === 'left' ? `${text(node.left)} ${node.op}` : `${node.op} ${text(node.right)}`}: ${change}`,
        node: { ...node, [side]: other },
      }))
    : [];

const parameters = (node: NodeOf<'call'>): readonly Variation[] =>
  node.args.flatMap((arg, index) =>
    scaledNumber(arg).map(({ change, node: other }) => ({
      change: `${node.name}(${change})`,
      node: { ...node, args: node.args.with(index, other) },
    })),
  );

const parameter = (node: NodeOf<'aggregation'>): readonly Variation[] =>
  node.param === null
    ? []
    : scaledNumber(node.param).map(({ change, node: param }) => ({
        change: `${node.op}(${change})`,
        node: { ...node, param },
      }));

/** A number that something is compared with, or that a function takes, × 0.9 and × 1.1. */
export const threshold: Vary = (node) => {
  if (node.kind === 'call') return parameters(node);
  if (node.kind === 'aggregation') return parameter(node);
  if (node.kind !== 'binary' || !(node.op in REVERSED)) return [];
  return [...sideThresholds(node, 'left'), ...sideThresholds(node, 'right')];
};

const REVERSED: Readonly<Partial<Record<Operator, Operator>>> = {
  '>': '<',
  '>=': '<=',
  '<': '>',
  '<=': '>=',
  '==': '!=',
  '!=': '==',
};

/** The same comparison with its limit on the other side. */
const MOVED: Readonly<Partial<Record<Operator, Operator>>> = { '>': '>=', '>=': '>', '<': '<=', '<=': '<' };

const replaced = (node: NodeOf<'binary'>, op: Operator | undefined): readonly Variation[] =>
  op === undefined ? [] : [{ change: `${node.op} ${comparedWith(node)} → ${op}`, node: { ...node, op } }];

const comparedWith = ({ right }: NodeOf<'binary'>): string => (seriesless(right) ? text(right) : '…');

/** A comparison the other way round. */
export const comparison: Vary = (node) => (node.kind === 'binary' ? replaced(node, REVERSED[node.op]) : []);

/** A comparison that takes its limit in, or no longer does. */
export const boundary: Vary = (node) => (node.kind === 'binary' ? replaced(node, MOVED[node.op]) : []);

/** Half of a duration, and twice as much. */
export const otherLengths = (duration: string): readonly string[] =>
  [0.5, 2].map((factor) => fromSeconds(factor * toSeconds(duration)));

/** The range of a selector or a subquery, or an offset, × 0.5 and × 2. */
export const range: Vary = (node) => {
  switch (node.kind) {
    case 'matrix':
    case 'subquery':
      return otherLengths(node.range).map((other) => ({
        change: `${node.kind === 'subquery' ? 'subquery' : text(node.of)}[${node.range}] → [${other}]`,
        node: { ...node, range: other },
      }));
    case 'offset':
      return otherLengths(node.by).map((by) => ({ change: `offset ${node.by} → ${by}`, node: { ...node, by } }));
    default:
      return [];
  }
};

const SET_OPERATORS = ['and', 'or', 'unless'] as const satisfies readonly Operator[];

/** Each of `and`, `or` and `unless` in place of another. */
export const setOperator: Vary = (node) =>
  node.kind === 'binary' && SET_OPERATORS.some((op) => op === node.op)
    ? SET_OPERATORS.filter((op) => op !== node.op).map((op) => ({
        change: `${node.op} → ${op}`,
        node: { ...node, op },
      }))
    : [];

const withoutEach = (labels: readonly string[]): readonly (readonly [string, readonly string[]])[] =>
  labels.map((label, index) => [label, labels.toSpliced(index, 1)]);

/** A label less in what an aggregation groups by. */
export const grouping: Vary = (node) => {
  if (node.kind !== 'aggregation' || node.grouping === null) return [];
  const { kind, labels } = node.grouping;
  return withoutEach(labels).map(([label, rest]) => ({
    change: `${node.op} ${kind} (${labels.join(', ')}) without ${label}`,
    node: { ...node, grouping: { kind, labels: rest } },
  }));
};

/** A label less in what two sides match by, or in what one takes from the other. */
export const matching: Vary = (node) => {
  if (node.kind !== 'binary' || node.matching === null) return [];
  const { op, matching: by } = node;
  const { group } = by;
  const own = withoutEach(by.labels).map(([label, labels]) => ({
    change: `${op} ${by.kind} (${by.labels.join(', ')}) without ${label}`,
    node: { ...node, matching: { ...by, labels } },
  }));
  const taken = withoutEach(group?.include ?? []).map(([label, include]) => ({
    change: `${op} group_${group?.side} without ${label}`,
    node: { ...node, matching: { ...by, ...(group && { group: { ...group, include } }) } },
  }));
  return [...own, ...taken];
};

const OTHER_AGGREGATIONS: Readonly<Partial<Record<Aggregation, readonly Aggregation[]>>> = {
  sum: ['max', 'avg'],
  max: ['min', 'sum'],
  min: ['max', 'sum'],
  avg: ['max', 'min'],
  count: ['sum', 'group'],
};

/** Another operator in an aggregation. */
export const aggregation: Vary = (node) =>
  node.kind === 'aggregation'
    ? (OTHER_AGGREGATIONS[node.op] ?? []).map((op) => ({
        change: `${node.op}${labelsOf(node)} → ${op}`,
        node: { ...node, op },
      }))
    : [];

const labelsOf = ({ grouping }: NodeOf<'aggregation'>): string =>
  grouping === null ? '' : ` ${grouping.kind} (${grouping.labels.join(', ')})`;

/** What is done to a tree, by name. */
export const TREE_OPERATORS = {
  threshold,
  comparison,
  boundary,
  range,
  'set operator': setOperator,
  'grouping label': grouping,
  'matching label': matching,
  aggregation,
} as const satisfies Readonly<Record<string, Vary>>;
