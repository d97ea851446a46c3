// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes its variables so
import { type Node, type NodeOf, survivingLabels, walk } from '#promql';
import { type Check, listed } from '../check.ts';
import {
  type ExpressionView,
  type Fault,
  isRegexp,
  type Matcher,
  matchersOf,
  onTree,
  SPECIAL,
  selectorsIn,
} from './expression.ts';
import { constantOf } from './measure.ts';

/** What holds of every PromQL expression, wherever it is. */
export const EXPRESSION_CHECKS: readonly Check<ExpressionView>[] = [
  onTree(
    {
      name: 'promql/nan',
      finds: 'a division inside a sum or an average: one zero divisor makes the whole result NaN or infinite',
      source: 'pint',
    },
    ({ nodes }) =>
      nodes.flatMap((node) => (node.kind === 'aggregation' && spoils(node) ? unsafeDivisions(node.of) : [])),
  ),
  onTree(
    {
      name: 'promql/regexp',
      finds: 'a regular expression without a pattern, with needless anchors, or that cuts parts out of a value',
      source: 'pint',
    },
    (view) => matchersOf(view).flatMap(([matcher]) => regexpFaults(matcher)),
  ),
  onTree(
    {
      name: 'histogram/rate',
      finds: 'histogram_quantile of buckets since the process started, instead of their rate',
      source: 'tidewatch',
    },
    ({ nodes }) => quantiles(nodes).flatMap((buckets) => (isRated(buckets) ? [] : [NOT_RATED])),
  ),
  onTree(
    { name: 'histogram/le', finds: 'histogram_quantile of series without le', source: 'tidewatch' },
    ({ nodes, known }) =>
      quantiles(nodes).flatMap((buckets) => {
        const labels = survivingLabels(buckets, known);
        return labels === null || labels.has('le')
          ? []
          : [
              {
                problem: `histogram_quantile of series with ${listed(labels)}, without le`,
                fix: 'sum by le as well',
              },
            ];
      }),
  ),
  onTree(
    {
      name: 'increase/interval',
      finds: 'a range of [$__interval], which is shorter than the scrape interval when zoomed in',
      source: 'tidewatch',
    },
    ({ nodes }) =>
      nodes.flatMap((node) =>
        node.kind === 'matrix' && INTERVALS.includes(node.range)
          ? [{ problem: `a range of [${node.range}]`, fix: 'write [$__rate_interval], or [$__range] for the whole' }]
          : [],
      ),
  ),
];

/** Aggregations whose result one NaN or infinity spoils. @see https://cloudflare.github.io/pint/checks/promql/nan.html */
const SPOILT: readonly string[] = ['sum', 'avg', 'stddev', 'stdvar'];

const spoils = ({ op }: NodeOf<'aggregation'>): boolean => SPOILT.includes(op);

const unsafeDivisions = (of: Node): readonly Fault[] =>
  dividedIn(of)
    .filter(({ right }) => !isNeverZero(right))
    .map(({ op }) => ({
      problem: `'${op}' inside an aggregation, by what can be zero`,
      fix: 'aggregate both sides before the division, or divide by what is > 0',
    }));

/** What is aggregated again below is reported there. */
const dividedIn = (node: Node): readonly NodeOf<'binary'>[] => {
  if (node.kind === 'aggregation') return spoils(node) ? [] : dividedIn(node.of);
  if (node.kind === 'call') return node.args.flatMap(dividedIn);
  if (node.kind === 'binary')
    return [...(node.op === '/' || node.op === '%' ? [node] : []), ...dividedIn(node.left), ...dividedIn(node.right)];
  return node.kind === 'number' || node.kind === 'string' || node.kind === 'selector' ? [] : dividedIn(node.of);
};

const isNeverZero = (node: Node): boolean => {
  const constant = constantOf(node);
  if (constant !== undefined) return constant !== 0;
  if (node.kind === 'call') return isClampedAway(node);
  if (node.kind !== 'binary' || node.bool) return false;
  const limit = constantOf(node.right);
  return limit !== undefined && (EXCLUDES_ZERO[node.op]?.(limit) ?? false);
};

const isClampedAway = ({ name, args }: NodeOf<'call'>): boolean => {
  const limit = args[1] === undefined ? undefined : constantOf(args[1]);
  if (limit === undefined) return false;
  return name === 'clamp_max' ? limit < 0 : (name === 'clamp_min' || name === 'clamp') && limit > 0;
};

/** Which limits of a comparison let no zero through. */
const EXCLUDES_ZERO: Readonly<Partial<Record<string, (limit: number) => boolean>>> = {
  '>': (limit) => limit >= 0,
  '>=': (limit) => limit > 0,
  '<': (limit) => limit <= 0,
  '<=': (limit) => limit < 0,
  '!=': (limit) => limit === 0,
  '==': (limit) => limit !== 0,
};

const CUT_OUT = /[\w-]\.[*+][\w-]/;

const regexpFaults = ({ label, op, value }: Matcher): readonly Fault[] => {
  if (!isRegexp({ label, op, value }) || (value.includes('$') && !value.endsWith('$'))) return [];
  const written = `${label}${op}"${value}"`;
  if (!SPECIAL.test(value))
    return [{ problem: `${written} has no pattern in it`, fix: `compare with ${op === '=~' ? '=' : '!='}` }];
  if (value.startsWith('^') || value.endsWith('$'))
    return [{ problem: `${written} is anchored; Prometheus always anchors`, fix: 'leave ^ and $ out' }];
  if (value === '.*') return [{ problem: `${written} matches everything`, fix: 'leave it out' }];
  return CUT_OUT.test(value)
    ? [{ problem: `${written} cuts a part out of the value`, fix: 'give the part a label of its own' }]
    : [];
};

const quantiles = (nodes: readonly Node[]): readonly Node[] =>
  nodes.flatMap((node) =>
    node.kind === 'call' && node.name === 'histogram_quantile' && node.args[1] !== undefined ? [node.args[1]] : [],
  );

const NOT_RATED: Fault = {
  problem: 'histogram_quantile of counts since the process started',
  fix: 'take the rate of the buckets, then sum by le',
};

/** A recording of rates needs none; only buckets themselves are counters. */
const isRated = (buckets: Node): boolean => {
  const rated = new Set(
    walk(buckets).flatMap((node) =>
      node.kind === 'call' && /^(i?rate|increase|delta)$/.test(node.name) ? walk(node) : [],
    ),
  );
  return selectorsIn(walk(buckets)).every((node) => rated.has(node) || !node.metric.endsWith('_bucket'));
};

const INTERVALS: readonly string[] = ['$__interval', '${__interval}'];
