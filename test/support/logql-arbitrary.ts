import fc from 'fast-check';
import type { LogNode, Stage } from '#logql';

type Of<K extends LogNode['kind']> = Extract<LogNode, { readonly kind: K }>;
type Lines = Of<'logs'>;

const label = fc.constantFrom('service_name', 'level', 'status', 'model', 'duration', 'tokens_input');
const labels = fc.uniqueArray(label, { maxLength: 3 });
const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const filled = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const regex = fc.constantFrom('.+', 'a|b', 'x\\.y', '[0-9]{3}', '"', 'ü.*');
const duration = fc.constantFrom('30s', '5m', '16h48m', '7d', '250ms', '1w');

const matcher: fc.Arbitrary<Lines['streams'][number]> = fc.oneof(
  fc.record({ label, op: fc.constantFrom('=' as const, '!=' as const), value: text }),
  fc.record({ label, op: fc.constantFrom('=~' as const, '!~' as const), value: regex }),
);

/** Loki wants a condition that an empty label does not meet. */
const selector = fc
  .tuple(filled, fc.array(matcher, { maxLength: 2 }))
  .map(([value, more]) => [{ label: 'service_name', op: '=' as const, value }, ...more]);

const filter: fc.Arbitrary<Extract<Stage, { readonly kind: 'label-filter' }>['filter']> = fc.oneof(
  matcher.map((one) => ({ kind: 'matcher' as const, ...one })),
  fc.record({
    kind: fc.constant('comparison' as const),
    label,
    op: fc.constant('>=' as const),
    value: fc.nat().map(String),
  }),
);

const stage: fc.Arbitrary<Stage> = fc.oneof(
  fc.record({ kind: fc.constant('line-filter' as const), text: filled }),
  fc.record({ kind: fc.constant('json' as const), fields: labels }),
  fc.record({ kind: fc.constant('label-filter' as const), filter }),
);

const lines: fc.Arbitrary<Lines> = fc.record({
  kind: fc.constant('logs' as const),
  streams: selector,
  pipeline: fc.array(stage, { maxLength: 4 }),
});

const count = fc.record({ kind: fc.constant('count-over-time' as const), of: lines, range: duration });

const sum: fc.Arbitrary<Of<'sum'>> = fc.record({
  kind: fc.constant('sum' as const),
  by: labels,
  of: fc.oneof(count, fc.record({ kind: fc.constant('sum' as const), by: labels, of: count })),
});

/** Trees over every kind of node but text. */
export const logqlTree: fc.Arbitrary<LogNode> = fc.oneof(lines, count, sum);
