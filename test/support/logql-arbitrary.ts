import fc from 'fast-check';
import type { LabelFilter, LinesNode, LogMatcher, LogNode, MetricNode, Stage } from '#logql';

type Of<K extends LogNode['kind']> = Extract<LogNode, { readonly kind: K }>;
type Binary = Of<'binary'>;
type Matching = NonNullable<Binary['matching']>;
type Grouping = NonNullable<Of<'aggregation'>['grouping']>;
type Unwrap = NonNullable<Of<'range-aggregation'>['unwrap']>;
type Arb = fc.Arbitrary<MetricNode>;

const LABELS = ['service_name', 'level', 'status', 'model', 'duration', 'tokens_input'] as const;

const label = fc.constantFrom(...LABELS);
const labels = fc.uniqueArray(label, { maxLength: 3 });
const someLabels = fc.uniqueArray(label, { minLength: 1, maxLength: 3 });
const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const filled = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const regex = fc.constantFrom('.+', 'a|b', 'x\\.y', '[0-9]{3}', '"', 'ü.*');
const duration = fc.constantFrom('30s', '5m', '16h48m', '7d', '250ms', '1w');
const number = fc.oneof(
  fc.integer({ min: -100, max: 100 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0.001, 1e21, 1e-7, -0.05),
);
const positive = number.map(Math.abs);

const matcher: fc.Arbitrary<LogMatcher> = fc.oneof(
  fc.record({ label, op: fc.constantFrom('=' as const, '!=' as const), value: text }),
  fc.record({ label, op: fc.constantFrom('=~' as const, '!~' as const), value: regex }),
);

/** Loki wants a condition that an empty label does not meet. */
const selector = fc
  .tuple(filled, fc.array(matcher, { maxLength: 2 }))
  .map(([value, more]) => [{ label: 'service_name', op: '=' as const, value }, ...more]);

const comparison = (value: fc.Arbitrary<string>): fc.Arbitrary<LabelFilter> =>
  fc.record({
    kind: fc.constant('comparison' as const),
    label,
    op: fc.constantFrom('==' as const, '!=' as const, '>' as const, '>=' as const, '<' as const, '<=' as const),
    value,
  });

/** Loki prints sizes in other units, rounded. */
const filterWith = (values: fc.Arbitrary<string>): fc.Arbitrary<LabelFilter> =>
  fc.letrec<{ filter: LabelFilter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      matcher.map((one) => ({ kind: 'matcher' as const, ...one })),
      comparison(values),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        left: tie('filter'),
        right: tie('filter'),
      }),
    ),
  })).filter;

const extraction = fc.record({ label, path: fc.option(fc.constantFrom('tokens.input', 'servers[0]', 'a_b')) });

type LineFilter = Extract<Stage, { readonly kind: 'line-filter' }>;

const lineFilter = (op: fc.Arbitrary<LineFilter['op']>, value: fc.Arbitrary<string>): fc.Arbitrary<LineFilter> =>
  fc.record({ kind: fc.constant('line-filter' as const), op, text: value });

const stageWith = (filter: fc.Arbitrary<LabelFilter>): fc.Arbitrary<Stage> =>
  fc.oneof(
    lineFilter(fc.constantFrom('|=', '!='), filled),
    lineFilter(fc.constantFrom('|~', '!~'), regex),
    fc.record({
      kind: fc.constant('json' as const),
      fields: fc.uniqueArray(extraction, { maxLength: 3, selector: (field) => field.label }),
    }),
    fc.record({
      kind: fc.constant('logfmt' as const),
      fields: fc.uniqueArray(
        label.map((of) => ({ label: of, path: null })),
        { maxLength: 3, selector: (field) => field.label },
      ),
    }),
    fc.record({ kind: fc.constant('pattern' as const), text: fc.constant('<_> <word> <_>') }),
    fc.record({ kind: fc.constant('regexp' as const), text: fc.constant('(?P<word>\\w+)') }),
    fc.record({ kind: fc.constant('label-filter' as const), filter }),
    fc.record({ kind: fc.constant('line-format' as const), template: fc.constantFrom('{{.msg}}', '"{{.a}}"\n', '') }),
    fc.record({ kind: fc.constant('label-format' as const), labels: labelFormats }),
    fc.record({ kind: fc.constantFrom('drop' as const, 'keep' as const), labels: someLabels }),
  );

const labelFormats = fc.uniqueArray(
  fc.record({
    label,
    from: fc.oneof(
      fc.record({ kind: fc.constant('label' as const), text: label }),
      fc.record({ kind: fc.constant('template' as const), text: fc.constantFrom('{{.msg}}', 'a "b"') }),
    ),
  }),
  { minLength: 1, maxLength: 2, selector: (format) => format.label },
);

const linesWith = (filter: fc.Arbitrary<LabelFilter>): fc.Arbitrary<LinesNode> =>
  fc.record({
    kind: fc.constant('logs' as const),
    streams: selector,
    pipeline: fc.array(stageWith(filter), { maxLength: 4 }).map((stages) => stages.toSorted(labelsLast)),
  });

/** `| drop a != "b"` would drop `a` where it is not b, so no line filter comes after `drop` or `keep`. */
const labelsLast = (a: Stage, b: Stage): number => Number(choosesLabels(a)) - Number(choosesLabels(b));

const choosesLabels = ({ kind }: Stage): boolean => kind === 'drop' || kind === 'keep';

const unwrapWith = (filter: fc.Arbitrary<LabelFilter>): fc.Arbitrary<Unwrap> =>
  fc.record({
    label,
    conversion: fc.constantFrom(null, 'duration' as const, 'bytes' as const),
    filters: fc.array(filter, { maxLength: 2 }),
  });

type Lists = fc.Arbitrary<readonly string[]>;

const groupingBy = (lists: Lists): fc.Arbitrary<Grouping | null> =>
  fc.option(fc.record({ kind: fc.constantFrom('by' as const, 'without' as const), labels: lists }));

/** Loki reads no days and weeks in an offset into the future. */
const offset = fc.option(fc.oneof(duration, fc.constantFrom('-30s', '-5m', '-16h48m', '-250ms')));

type Range = Of<'range-aggregation'>;

const range = (of: fc.Arbitrary<LinesNode>, { filter, lists }: Choice): fc.Arbitrary<Range> => {
  const grouping = groupingBy(lists);
  const kind = fc.constant('range-aggregation' as const);
  const common = { kind, of, range: duration, offset };
  const none = fc.constant(null);
  const unwrap = unwrapWith(filter);
  const op = <O extends Range['op']>(...ops: readonly O[]): fc.Arbitrary<O> => fc.constantFrom(...ops);
  const grouped = op('avg_over_time', 'min_over_time', 'max_over_time', 'stddev_over_time', 'last_over_time');
  return fc.oneof(
    fc.record({
      ...common,
      op: op('count_over_time', 'rate', 'bytes_over_time', 'bytes_rate', 'absent_over_time'),
      param: none,
      unwrap: none,
      grouping: none,
    }),
    fc.record({ ...common, op: op('sum_over_time', 'rate', 'rate_counter'), param: none, unwrap, grouping: none }),
    fc.record({ ...common, op: grouped, param: none, unwrap, grouping }),
    fc.record({
      ...common,
      op: op('quantile_over_time'),
      param: fc.constantFrom(0, 0.5, 0.95, 1),
      unwrap,
      grouping,
    }),
  );
};

const ARITHMETIC = ['+', '-', '*', '/', '%', '^'] as const;
const COMPARISON = ['==', '!=', '<', '<=', '>', '>='] as const;
const SETS = ['and', 'or', 'unless'] as const;

const sidesBy = (lists: Lists) => ({ kind: fc.constantFrom('on' as const, 'ignoring' as const), labels: lists });

const oneToOne = (lists: Lists): fc.Arbitrary<Matching | null> => fc.option(fc.record(sidesBy(lists)));

const anyMatching = (lists: Lists): fc.Arbitrary<Matching | null> =>
  fc.oneof(
    oneToOne(lists),
    fc.record({
      ...sidesBy(lists),
      group: fc.record({ side: fc.constantFrom('left' as const, 'right' as const), include: lists }),
    }),
  );

interface Sides {
  readonly left: Arb;
  readonly right: Arb;
  readonly matching?: fc.Arbitrary<Matching | null>;
}

const binary = (
  op: fc.Arbitrary<Binary['op']>,
  { left, right, matching = fc.constant(null) }: Sides,
  bool: fc.Arbitrary<boolean> = fc.constant(false),
): Arb => fc.record({ kind: fc.constant('binary' as const), op, bool, matching, left, right });

const operations = (vector: Arb, scalar: Arb, { lists }: Choice): readonly Arb[] => [
  ...[
    { left: vector, right: scalar },
    { left: scalar, right: vector },
    { left: vector, right: vector, matching: anyMatching(lists) },
  ].flatMap((sides) => [
    binary(fc.constantFrom(...ARITHMETIC), sides),
    binary(fc.constantFrom(...COMPARISON), sides, fc.boolean()),
  ]),
  binary(fc.constantFrom(...SETS), { left: vector, right: vector, matching: oneToOne(lists) }),
];

const aggregations = (vector: Arb, { lists }: Choice): readonly Arb[] => {
  const grouping = groupingBy(lists);
  const common = { kind: fc.constant('aggregation' as const), of: vector };
  const none = fc.constant(null);
  return [
    fc.record({
      ...common,
      op: fc.constantFrom('sum', 'avg', 'min', 'max', 'count', 'stddev', 'stdvar'),
      param: none,
      grouping,
    }),
    fc.record({ ...common, op: fc.constantFrom('sort', 'sort_desc'), param: none, grouping: none }),
    fc.record({
      ...common,
      op: fc.constantFrom('topk', 'bottomk'),
      param: fc.integer({ min: 1, max: 20 }),
      grouping,
    }),
  ];
};

const literal = (value: fc.Arbitrary<number>): Arb => fc.record({ kind: fc.constant('number' as const), value });

const vectorOf = (value: fc.Arbitrary<number>): Arb => fc.record({ kind: fc.constant('vector' as const), value });

interface Choice {
  readonly filter: fc.Arbitrary<LabelFilter>;
  readonly vectors: fc.Arbitrary<number>;
  readonly lists: Lists;
  /** Whether numbers are combined with numbers; Loki computes these as it reads them. */
  readonly arithmeticOfNumbers: boolean;
  /** Whether there are offsets that the editor's parser cannot read back from Loki. */
  readonly offsets: boolean;
}

/** Loki writes an offset at the end, where the editor's parser does not read it after `unwrap` and other stages. */
const isMisreadOffset = ({ of, unwrap }: Range): boolean => unwrap !== null && of.pipeline.length > 0;

const treesOf = (choice: Choice): fc.Arbitrary<LogNode> => {
  const { filter, vectors, arithmeticOfNumbers, offsets } = choice;
  const lines = linesWith(filter);
  const ranges = range(lines, choice).map((node) =>
    offsets || !isMisreadOffset(node) ? node : { ...node, offset: null },
  );
  const { vector } = fc.letrec<{ vector: MetricNode; scalar: MetricNode }>((tie) => ({
    vector: fc.oneof(
      { maxDepth: 4, depthSize: 'medium' },
      ranges,
      vectorOf(vectors),
      ...operations(tie('vector'), tie('scalar'), choice),
      ...aggregations(tie('vector'), choice),
      fc.record({
        kind: fc.constant('label-replace' as const),
        of: tie('vector'),
        target: label,
        replacement: text,
        source: label,
        regex,
      }),
    ),
    scalar: arithmeticOfNumbers
      ? fc.oneof(
          { maxDepth: 4, depthSize: 'medium' },
          literal(number),
          binary(fc.constantFrom(...ARITHMETIC), { left: tie('scalar'), right: tie('scalar') }),
        )
      : literal(number),
  }));
  return fc.oneof({ arbitrary: vector, weight: 4 }, lines);
};

/** Trees over every kind of node that Loki accepts: lines, and metrics of them. */
export const logqlTree: fc.Arbitrary<LogNode> = treesOf({
  filter: filterWith(
    fc.oneof(positive.map(String), number.map(String), duration, fc.constantFrom('512B', '4KiB', '1.5MB')),
  ),
  vectors: positive,
  lists: labels,
  arithmeticOfNumbers: true,
  offsets: true,
});

const PLAIN: Choice = {
  filter: filterWith(fc.integer({ min: -100, max: 100 }).map(String)),
  vectors: fc.nat({ max: 100 }),
  lists: someLabels,
  arithmeticOfNumbers: false,
  offsets: false,
};

/** Such trees that can be read back from what Loki writes: it computes, rounds and converts numbers, and forgets lists of no labels. */
export const plainLogqlTree: fc.Arbitrary<LogNode> = treesOf(PLAIN);

/** Such trees of nothing but operators between vectors and numbers. */
export const plainOperatorTree: fc.Arbitrary<LogNode> = fc.letrec<{ vector: MetricNode }>((tie) => ({
  vector: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    vectorOf(PLAIN.vectors),
    ...operations(tie('vector'), literal(fc.integer({ min: -9, max: 9 })), PLAIN),
  ),
})).vector;
