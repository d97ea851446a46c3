import type { Node } from '#promql';
import { survivingLabels } from '#promql';
import { type Check, type Finding, findingIf, listed } from '../check.ts';
import type { Fault } from '../queries/expression.ts';
import { expressionOf, partsOfTarget, type TargetView } from './view.ts';

/** The panels whose queries dashboard-linter parses, all in the language of the first datasource variable. */
const QUERIED: readonly string[] = ['singlestat', 'graph', 'gauge', 'table', 'stat', 'state-timeline', 'timeseries'];

/** Rules of dashboard-linter on queries. Where it reads the queries of some kinds of panel, these read all. @see https://github.com/grafana/dashboard-linter */
export const TARGET_CHECKS: readonly Check<TargetView>[] = [
  {
    name: 'target-logql-rule',
    finds: 'a log query that is not valid LogQL, or PromQL in a graph of a dashboard whose first datasource is Loki',
    source: 'dashboard-linter',
    run: (view) => [...faultIn(view, 'LogQL'), ...misplaced(view, { main: 'loki', foreign: 'PromQL' })],
  },
  {
    name: 'target-logql-auto-rule',
    finds: 'a range vector of logs over anything but [$__auto]',
    source: 'dashboard-linter',
    run: (view) =>
      (partsOfTarget(view)?.ranges ?? [])
        .filter((range) => range !== '$__auto')
        .map((range) => ({
          path: view.path,
          problem: `its range is [${range}]`,
          fix: 'write [$__auto], which follows the time range of the dashboard',
        })),
  },
  {
    name: 'target-promql-rule',
    finds: 'a query that is not valid PromQL, refers to a panel that does not exist, or is LogQL where metrics belong',
    source: 'dashboard-linter',
    run: (view) => [
      ...(refersToPanel(view) ? [] : faultIn(view, 'PromQL')),
      ...misplaced(view, { main: 'prometheus', foreign: 'LogQL' }),
    ],
  },
  {
    name: 'target-rate-interval-rule',
    finds: 'a rate over anything but [$__rate_interval]',
    source: 'dashboard-linter',
    run: (view) => inTree(view, ratesOverFixedRanges),
  },
  ...(['job', 'instance'] as const).map(
    (label): Check<TargetView> => ({
      name: `target-${label}-rule`,
      finds: `a selector without ${label}=~"$${label}"`,
      source: 'dashboard-linter',
      run: (view) => inTree(view, (nodes) => withoutMatcher(nodes, label)),
    }),
  ),
  {
    name: 'target-counter-agg-rule',
    finds: 'a counter without rate, irate or increase',
    source: 'dashboard-linter',
    run: (view) => inTree(view, bareCounters),
  },
];

const inTree = (view: TargetView, find: (nodes: readonly Node[]) => readonly Fault[]): readonly Finding[] => {
  const nodes = expressionOf(view)?.nodes ?? [];
  return find(nodes).map((fault) => ({ path: view.path, ...fault }));
};

const faultIn = (view: TargetView, language: 'PromQL' | 'LogQL'): readonly Finding[] =>
  view.language === language && view.read.fault !== undefined ? [{ path: view.path, ...view.read.fault }] : [];

/** A query may reuse the result of another panel instead of an expression. */
const refersToPanel = ({ target: { expr = '', panelId }, dashboard }: TargetView): boolean =>
  expr === '' && panelId !== undefined && dashboard.panels.some(({ panel }) => panel.id === panelId);

const misplaced = (
  { path, panel: { type = '' }, dashboard, language }: TargetView,
  { main, foreign }: { readonly main: string; readonly foreign: string },
): readonly Finding[] =>
  findingIf(dashboard.mainSource === main && language === foreign && QUERIED.includes(type), () => ({
    path,
    problem: `a ${foreign} query in a ${type} panel of a dashboard whose first datasource is ${main}`,
    fix:
      foreign === 'LogQL'
        ? 'show lines in a logs panel and counts of lines in a bar chart, or query Prometheus'
        : 'declare the Prometheus datasource variable first',
  }));

const RATES: readonly string[] = ['rate', 'irate'];

const ratesOverFixedRanges = (nodes: readonly Node[]): readonly Fault[] =>
  nodes.flatMap((node) =>
    node.kind === 'call' && RATES.includes(node.name)
      ? rangesOf(node.args)
          .filter((range) => range !== '$__rate_interval')
          .map((range) => ({
            problem: `${node.name} over [${range}]`,
            fix: 'write [$__rate_interval], which always spans several scrapes',
          }))
      : [],
  );

const rangesOf = (args: readonly Node[]): readonly string[] =>
  args.map(unshifted).flatMap((node) => (node.kind === 'matrix' ? [node.range] : []));

const unshifted = (node: Node): Node => (node.kind === 'offset' || node.kind === 'at' ? unshifted(node.of) : node);

const withoutMatcher = (nodes: readonly Node[], name: string): readonly Fault[] =>
  nodes.flatMap((node) => {
    if (node.kind !== 'selector') return [];
    const matcher = node.matchers.find(({ label }) => label === name);
    if (matcher?.op === '=~' && matcher.value === `$${name}`) return [];
    return [
      {
        problem: `'${node.metric}' is selected ${matcher === undefined ? `for any ${name}` : `with ${name}${matcher.op}"${matcher.value}"`}`,
        fix: `select ${name}=~"$${name}"`,
      },
    ];
  });

const COUNTER_READERS: readonly string[] = ['rate', 'irate', 'increase'];

const bareCounters = (nodes: readonly Node[]): readonly Fault[] => {
  const read = new Set(
    nodes
      .filter((node) => node.kind === 'call' && COUNTER_READERS.includes(node.name))
      .flatMap((node) => (node.kind === 'call' ? node.args : []))
      .map(unshifted)
      .flatMap((node) => (node.kind === 'matrix' ? [node.of] : [])),
  );
  return nodes.flatMap((node) =>
    node.kind === 'selector' && node.metric.endsWith('_total') && !read.has(node)
      ? [{ problem: `counter '${node.metric}' is used without rate`, fix: 'take its rate or increase' }]
      : [],
  );
};

const QUOTED = /\{\{\s*(\w+)\s*\}\}/g;

/** Checks of the names of series. */
export const LEGEND_CHECKS: readonly Check<TargetView>[] = [
  {
    name: 'legend/label',
    finds: 'a legend with a label that the expression drops, so that it is empty',
    source: 'tidewatch',
    run: (view) => {
      const tree = expressionOf(view)?.tree;
      const labels = tree === undefined ? null : survivingLabels(tree, view.dashboard.known);
      if (labels === null) return [];
      return [...(view.target.legendFormat ?? '').matchAll(QUOTED)]
        .map(([, label = '']) => label)
        .filter((label) => !labels.has(label))
        .map((label) => ({
          path: view.path,
          problem: `its legend uses '${label}', the expression keeps ${listed(labels)}`,
          fix: 'use a label that it keeps',
        }));
    },
  },
];
