import type { Node } from '#promql';
import { type Check, findingIf } from '../check.ts';
import type { Finding } from '../finding.ts';
import { expressionOf, partsOfTarget, type TargetView } from './dashboard-view.ts';

/** The panels whose queries dashboard-linter parses, all in the language of the first datasource variable. */
const QUERIED: readonly string[] = ['singlestat', 'graph', 'gauge', 'table', 'stat', 'state-timeline', 'timeseries'];

/** Rules of dashboard-linter on queries. Where it looks at some kinds of panel only, these look at all. @see https://github.com/grafana/dashboard-linter */
export const TARGET_CHECKS: readonly Check<TargetView>[] = [
  {
    name: 'target-logql-rule',
    finds: 'a log query that is no LogQL, or PromQL in a graph of a dashboard that asks Loki first',
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
          repair: 'write [$__auto], which follows the time range of the dashboard',
        })),
  },
  {
    name: 'target-promql-rule',
    finds: 'a query that is no PromQL, refers to a panel that does not exist, or is LogQL where metrics belong',
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
    finds: 'a counter that is read without rate, irate or increase',
    source: 'dashboard-linter',
    run: (view) => inTree(view, bareCounters),
  },
];

type Fault = Omit<Finding, 'path'>;

const inTree = (view: TargetView, find: (nodes: readonly Node[]) => readonly Fault[]): readonly Finding[] => {
  const nodes = expressionOf(view)?.nodes ?? [];
  return find(nodes).map((fault) => ({ path: view.path, ...fault }));
};

const faultIn = (view: TargetView, language: 'PromQL' | 'LogQL'): readonly Finding[] =>
  view.language === language && view.read.fault !== undefined ? [{ path: view.path, ...view.read.fault }] : [];

/** A query may take the result of another panel in place of an expression. */
const refersToPanel = ({ target: { expr = '', panelId }, dashboard }: TargetView): boolean =>
  expr === '' && panelId !== undefined && dashboard.panels.some(({ panel }) => panel.id === panelId);

const misplaced = (
  { path, panel: { type = '' }, dashboard, language }: TargetView,
  { main, foreign }: { readonly main: string; readonly foreign: string },
): readonly Finding[] =>
  findingIf(dashboard.mainSource === main && language === foreign && QUERIED.includes(type), () => ({
    path,
    problem: `a ${foreign} query in a ${type} panel of a dashboard that asks ${main} first`,
    repair:
      foreign === 'LogQL'
        ? 'show lines in a logs panel and figures of logs in a bar chart, or let Prometheus answer'
        : 'declare the datasource variable of Prometheus first',
  }));

const RATES: readonly string[] = ['rate', 'irate'];

const ratesOverFixedRanges = (nodes: readonly Node[]): readonly Fault[] =>
  nodes.flatMap((node) =>
    node.kind === 'call' && RATES.includes(node.name)
      ? rangesOf(node.args)
          .filter((range) => range !== '$__rate_interval')
          .map((range) => ({
            problem: `${node.name} over [${range}]`,
            repair: 'write [$__rate_interval], which never falls between two scrapes',
          }))
      : [],
  );

const rangesOf = (args: readonly Node[]): readonly string[] =>
  args.map(unshifted).flatMap((node) => (node.kind === 'matrix' ? [node.range] : []));

const unshifted = (node: Node): Node => (node.kind === 'offset' || node.kind === 'at' ? unshifted(node.of) : node);

const withoutMatcher = (nodes: readonly Node[], name: string): readonly Fault[] =>
  nodes.flatMap((node) => {
    if (node.kind !== 'selector') return [];
    const own = node.matchers.find(({ label }) => label === name);
    if (own?.op === '=~' && own.value === `$${name}`) return [];
    return [
      {
        problem: `'${node.metric}' is asked ${own === undefined ? `for any ${name}` : `with ${name}${own.op}"${own.value}"`}`,
        repair: `ask with ${name}=~"$${name}"`,
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
      ? [{ problem: `counter '${node.metric}' is read as it is`, repair: 'ask for its rate or increase' }]
      : [],
  );
};
