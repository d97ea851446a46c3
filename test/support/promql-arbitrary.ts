import fc from 'fast-check';
import type { Matcher, Node, NodeOf } from '#promql';

type Binary = NodeOf<'binary'>;
type Matching = NonNullable<Binary['matching']>;
type Arb = fc.Arbitrary<Node>;

const LABELS = ['job', 'instance', 'status_code', 'window', 'le'] as const;
const OTHER_LABELS = ['model', 'credential'] as const;

const label = fc.constantFrom(...LABELS);
const labels = fc.uniqueArray(label, { maxLength: 3 });
const included = fc.uniqueArray(fc.constantFrom(...OTHER_LABELS), { maxLength: 2 });
const metric = fc.constantFrom('up', 'proxy_usage_utilization', 'proxy_request_count_total', 'level:metric:operation');
const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const pattern = fc.constantFrom('', '.+', 'a|b', 'x\\.y', '[0-9]{3}', '"', 'ü.*');
const duration = fc.constantFrom('30s', '5m', '16h48m', '7d', '250ms', '1w');
const finite = fc.oneof(
  fc.integer({ min: -100, max: 100 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0.001, 1e21, 1e-7, -0.05),
);
const number: Arb = fc
  .oneof({ arbitrary: finite, weight: 8 }, fc.constantFrom(Number.NaN, Infinity, -Infinity))
  .map((value) => ({ kind: 'number', value }));
const string: Arb = text.map((value) => ({ kind: 'string', value }));

const matcher: fc.Arbitrary<Matcher> = fc.oneof(
  fc.record({ label, op: fc.constantFrom('=' as const, '!=' as const), value: text }),
  fc.record({ label, op: fc.constantFrom('=~' as const, '!~' as const), value: pattern }),
);

const selector: Arb = fc.record({
  kind: fc.constant('selector' as const),
  metric,
  labels: fc.constant([]),
  matchers: fc.array(matcher, { maxLength: 2 }),
});

/** At most one offset and one time, in either order. */
const shifted = (of: Arb): Arb => {
  const by = fc.tuple(duration, fc.constantFrom('', '-')).map(([length, sign]) => `${sign}${length}`);
  const at = fc.oneof(fc.constantFrom('start' as const, 'end' as const), fc.integer({ min: 0, max: 2e9 }));
  const apply = (node: Node, kind: 'offset' | 'at', when: readonly [string, number | 'start' | 'end']): Node =>
    kind === 'offset' ? { kind, of: node, by: when[0] } : { kind, of: node, at: when[1] };
  const shifts = fc.constantFrom<readonly ('offset' | 'at')[]>(['offset'], ['at'], ['offset', 'at'], ['at', 'offset']);
  return fc.oneof(
    { arbitrary: of, weight: 3 },
    fc
      .tuple(of, shifts, fc.tuple(by, at))
      .map(([node, kinds, when]) => kinds.reduce((inner, kind) => apply(inner, kind, when), node)),
  );
};

const call = (name: fc.Arbitrary<string>, ...args: readonly Arb[]): Arb =>
  fc.tuple(name, fc.tuple(...args)).map(([called, given]) => ({ kind: 'call', name: called, args: given }));

const ARITHMETIC = ['+', '-', '*', '/', '%', '^', 'atan2'] as const;
const COMPARISON = ['==', '!=', '<', '<=', '>', '>='] as const;
const SETS = ['and', 'or', 'unless'] as const;

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

const oneToOne: fc.Arbitrary<Matching | null> = fc.oneof(
  fc.constant(null),
  fc.record({ kind: fc.constantFrom('on' as const, 'ignoring' as const), labels }),
);

const anyMatching: fc.Arbitrary<Matching | null> = fc.oneof(
  oneToOne,
  fc.record({
    kind: fc.constantFrom('on' as const, 'ignoring' as const),
    labels,
    group: fc.record({ side: fc.constantFrom('left' as const, 'right' as const), include: included }),
  }),
);

const grouping: fc.Arbitrary<NodeOf<'aggregation'>['grouping']> = fc.oneof(
  fc.constant(null),
  fc.record({ kind: fc.constantFrom('by' as const, 'without' as const), labels }),
);

const aggregation = (op: fc.Arbitrary<NodeOf<'aggregation'>['op']>, of: Arb, param: fc.Arbitrary<Node | null>): Arb =>
  fc.record({ kind: fc.constant('aggregation' as const), op, grouping, param, of });

const plain = fc.constantFrom('sum', 'min', 'max', 'avg', 'count', 'group', 'stddev', 'stdvar' as const);
const ranked = fc.constantFrom('topk' as const, 'bottomk' as const, 'quantile' as const);
const elementwise = fc.constantFrom('abs', 'ceil', 'floor', 'ln', 'sgn', 'sqrt', 'timestamp', 'absent', 'sort_desc');
const overTime = fc.constantFrom('rate', 'increase', 'irate', 'deriv', 'delta', 'avg_over_time', 'last_over_time');

const operations = (vector: Arb, scalar: Arb): readonly Arb[] => {
  const sides = [
    { left: vector, right: scalar },
    { left: scalar, right: vector },
  ] as const;
  return [
    ...sides.map((both) => binary(fc.constantFrom(...ARITHMETIC), both)),
    ...sides.map((both) => binary(fc.constantFrom(...COMPARISON), both, fc.boolean())),
    binary(fc.constantFrom(...ARITHMETIC), { left: vector, right: vector, matching: anyMatching }),
    binary(fc.constantFrom(...COMPARISON), { left: vector, right: vector, matching: anyMatching }, fc.boolean()),
    binary(fc.constantFrom(...SETS), { left: vector, right: vector, matching: oneToOne }),
  ];
};

const calls = (vector: Arb, scalar: Arb, range: Arb): readonly Arb[] => [
  call(elementwise, vector),
  call(overTime, range),
  call(fc.constant('predict_linear'), range, scalar),
  call(fc.constant('quantile_over_time'), scalar, range),
  call(fc.constant('clamp'), vector, scalar, scalar),
  call(fc.constant('histogram_quantile'), scalar, vector),
  call(fc.constant('vector'), scalar),
  call(fc.constant('hour')),
  call(fc.constant('label_replace'), vector, fc.constant({ kind: 'string', value: 'kind' }), string, string, string),
];

const subquery = (vector: Arb): Arb =>
  fc.tuple(vector, duration, fc.option(duration)).map(([of, range, step]) => ({ kind: 'subquery', of, range, step }));

const trees = fc.letrec<{ vector: Node; scalar: Node; range: Node }>((tie) => ({
  vector: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    shifted(selector),
    ...operations(tie('vector'), tie('scalar')),
    ...calls(tie('vector'), tie('scalar'), tie('range')),
    aggregation(plain, tie('vector'), fc.constant(null)),
    aggregation(ranked, tie('vector'), tie('scalar')),
    aggregation(fc.constant('count_values'), tie('vector'), fc.constant({ kind: 'string', value: 'count' })),
    fc.record({ kind: fc.constant('negation' as const), of: tie('vector') }),
  ),
  scalar: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    number,
    call(fc.constantFrom('time', 'pi')),
    call(fc.constant('scalar'), tie('vector')),
    binary(fc.constantFrom(...ARITHMETIC), { left: tie('scalar'), right: tie('scalar') }),
    binary(fc.constantFrom(...COMPARISON), { left: tie('scalar'), right: tie('scalar') }, fc.constant(true)),
    fc.record({ kind: fc.constant('negation' as const), of: tie('scalar') }),
  ),
  range: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    shifted(fc.tuple(selector, duration).map(([of, range]) => ({ kind: 'matrix', of, range }))),
    shifted(subquery(tie('vector'))),
  ),
}));

/** Trees over every kind of node that Prometheus accepts: instant vectors and scalars. */
export const promqlTree: fc.Arbitrary<Node> = fc.oneof({ arbitrary: trees.vector, weight: 4 }, trees.scalar);
