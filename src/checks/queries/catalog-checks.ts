import { MODEL_IDS, nearest, PRICES } from '#catalog';
import { type KnownSeries, type NodeOf, survivingLabels } from '#promql';
import { type Check, listed } from '../check.ts';
import { type ExpressionView, type Fault, isRegexp, type Matcher, matchersOf, onTree, SPECIAL } from './expression.ts';
import { constantOf, measureOf } from './measure.ts';

/** Checks of what an expression names: metrics, labels and values of the catalog, and no model or price of its own. */
export const CATALOG_CHECKS: readonly Check<ExpressionView>[] = [
  onTree(
    { name: 'catalog/metric', finds: 'a metric that the catalog does not have', source: 'tidewatch' },
    ({ selectors, known }) =>
      selectors
        .flatMap(namesIn)
        .filter((name) => !name.includes('$') && !known.has(name))
        .map((name) => ({
          problem: `nothing exports '${name}'`,
          fix: `declare it in the catalog${meant(nearest(name, known.keys()))}`,
        })),
  ),
  onTree(
    { name: 'catalog/label', finds: 'a label that the selected series do not have', source: 'tidewatch' },
    (view) => [...matchedLabels(view), ...groupedLabels(view)],
  ),
  onTree({ name: 'catalog/value', finds: 'a value that a label never has', source: 'tidewatch' }, (view) =>
    matchersOf(view).flatMap(([matcher, { metric }]) => valueFaults(matcher, metric, view.known)),
  ),
  onTree(
    { name: 'literal/model', finds: 'the name of a model in a query, a legend or a text', source: 'tidewatch' },
    (view) =>
      [...matchersOf(view).map(([{ value }]) => value), ...view.texts].flatMap((text) =>
        modelsIn(text).map((model) => ({
          problem: `it names the model '${model}'`,
          fix: 'take models from the catalog or the label model, so that new ones appear by themselves',
        })),
      ),
  ),
  onTree(
    {
      name: 'literal/price',
      finds: 'tokens times a number that is not a unit scale: a price',
      source: 'tidewatch',
    },
    ({ nodes, known }) => nodes.flatMap((node) => (node.kind === 'binary' ? priceFaults(node, known) : [])),
  ),
];

/** The metrics that a selector asks for: one by name, or several plain names in a pattern. */
const namesIn = ({ metric, matchers }: NodeOf<'selector'>): readonly string[] => {
  if (metric !== '') return [metric];
  const names = matchers.find((matcher) => matcher.label === '__name__' && isRegexp(matcher))?.value.split('|') ?? [];
  return names.filter((name) => !SPECIAL.test(name));
};

const meant = (name: string | undefined): string => (name === undefined ? '' : `, or use '${name}'`);

const matchedLabels = (view: ExpressionView): readonly Fault[] =>
  matchersOf(view).flatMap(([{ label }, { metric }]) => {
    const labels = view.known.get(metric)?.labels;
    if (!labels || labels.has(label) || label === '__name__') return [];
    return [
      {
        problem: `'${metric}' has no label '${label}', only ${listed(labels.keys())}`,
        fix: `leave it out${meant(nearest(label, labels.keys()))}`,
      },
    ];
  });

const groupedLabels = ({ nodes, known }: ExpressionView): readonly Fault[] =>
  nodes.flatMap((node) => {
    if (node.kind !== 'aggregation' || node.grouping?.kind !== 'by') return [];
    const labels = survivingLabels(node.of, known);
    return node.grouping.labels
      .filter((label) => labels !== null && !labels.has(label) && !label.startsWith('$'))
      .map((label) => ({
        problem: `${node.op} by '${label}' of series that have only ${listed(labels ?? [])}`,
        fix: `leave it out${meant(nearest(label, labels ?? []))}`,
      }));
  });

const valueFaults = (matcher: Matcher, metric: string, known: KnownSeries): readonly Fault[] => {
  const values = known.get(metric)?.labels?.get(matcher.label)?.values;
  if (!values || matcher.value === '' || matcher.value.includes('$')) return [];
  return wrongValues(matcher, values).map((value) => ({
    problem: `'${metric}' never has ${matcher.label} '${value}'`,
    fix: `use one of ${listed(values)}`,
  }));
};

/** Plain alternatives have to exist one by one; a pattern has to match something. */
const wrongValues = ({ label, op, value }: Matcher, values: readonly string[]): readonly string[] => {
  if (!isRegexp({ label, op, value })) return values.includes(value) ? [] : [value];
  const alternatives = value.split('|');
  if (!SPECIAL.test(value.replaceAll('|', '')))
    return alternatives.filter((alternative) => alternative !== '' && !values.includes(alternative));
  const pattern = new RegExp(`^(?:${value})$`);
  return values.some((one) => pattern.test(one)) ? [] : [value];
};

const MODEL_NAMES: readonly string[] = MODEL_IDS.flatMap((id) => [id, ...PRICES[id].aliases]);
const FAMILY = 'claude-';

/** The longest name of a model at a place; most texts have no word of the family and are done at once. */
const modelsIn = (text: string): readonly string[] =>
  text.includes(FAMILY)
    ? MODEL_NAMES.filter((name) => new RegExp(`(?<![\\w-])${name}(?![\\w]|-[a-z0-9])`).test(text))
    : [];

/** Numbers that turn a rate into another time, a share into percent, or a unit into its thousands. */
const SCALES: readonly number[] = [1, 60, 100, 1_000, 1_024, 3_600, 86_400, 604_800, 1e6, 1_048_576, 1e9];

const priceFaults = ({ op, left, right }: NodeOf<'binary'>, known: KnownSeries): readonly Fault[] => {
  if (op !== '*' && op !== '/') return [];
  const [of, factor] = constantOf(left) === undefined ? [left, constantOf(right)] : [right, constantOf(left)];
  if (factor === undefined || measureOf(of, known)?.unit !== 'tokens') return [];
  return SCALES.some((scale) => factor === scale || factor === 1 / scale)
    ? []
    : [
        {
          problem: `tokens ${op} ${factor}`,
          fix: 'use proxy_cost_usd_total, which knows models, length bands and dates',
        },
      ];
};
