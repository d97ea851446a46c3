import type { Duration, Metric, PanelId } from '#catalog';
import type { Node } from '#promql';
import { type Check, type Finding, findingIf, listed } from '../check.ts';
import { type DashboardFile, panelsOf } from '../dashboards/view.ts';
import { type AlertView, type Rules, secondsOf } from './view.ts';

/** An alert, the panel that shows what it watches, and the threshold of both. */
export interface CheckedAlert {
  readonly name: string;
  readonly panel: PanelId | null;
  /** @default - it has no threshold that a panel could draw */
  readonly threshold?: { readonly value: number } | null;
}

/** A node of Alertmanager's routing tree. @see https://prometheus.io/docs/alerting/latest/configuration/#route */
export interface Route {
  readonly receiver?: string;
  readonly matchers?: readonly string[];
  readonly routes?: readonly Route[];
}

/** The dashboards and alerts of a stack, and what they must agree with. */
export interface CheckedStack {
  readonly dashboards: readonly DashboardFile[];
  readonly rules: readonly Rules[];
  readonly alerts: readonly CheckedAlert[];
  /** The root of Alertmanager's routing tree. */
  readonly route: Route;
  /** The names of the alerts that have a runbook page. */
  readonly runbooks: readonly string[];
  readonly scrapeInterval: Duration;
  /** @default - the metrics of the catalog */
  readonly metrics?: readonly Metric[];
}

/** An alert and the stack around it. */
export interface PlacedAlert extends AlertView {
  readonly stack: CheckedStack;
}

/** Checks of an alert against the rest of the stack. */
export const STACK_CHECKS: readonly Check<PlacedAlert>[] = [
  {
    name: 'severity/route',
    finds: 'an alert that matches no route but the root, so that nobody has decided who is notified',
    source: 'tidewatch',
    run: ({ path, rule, stack: { route } }) => {
      const labels = { ...rule.labels, alertname: rule.alert };
      return findingIf(!(route.routes ?? []).some((step) => matches(step, labels)), () => ({
        path,
        problem: `no route matches severity '${rule.labels?.severity}'`,
        fix: `use a severity that has one: ${listed((route.routes ?? []).flatMap(({ matchers = [] }) => matchers))}`,
      }));
    },
  },
  {
    name: 'runbook/page',
    finds: 'a runbook link to a page that does not exist',
    source: 'tidewatch',
    run: ({ path, rule, stack: { runbooks } }) =>
      findingIf(rule.annotations?.runbook_url !== undefined && !runbooks.includes(rule.alert), () => ({
        path: `${path}/annotations/runbook_url`,
        problem: `there is no runbook '${rule.alert}'`,
        fix: `write alerts/runbooks/${rule.alert}.md`,
      })),
  },
  {
    name: 'range/scrapes',
    finds: 'a range so short that it may hold a single sample',
    source: 'tidewatch',
    run: ({ path, nodes, stack: { scrapeInterval } }) =>
      rangesIn(nodes)
        .filter((range) => secondsOf(range) < 2 * secondsOf(scrapeInterval))
        .map((range) => ({
          path,
          problem: `a range of ${range} with a scrape every ${scrapeInterval}`,
          fix: 'use a range of at least two scrapes, better four',
        })),
  },
];

const MATCHER = /^\s*"?([^"=!~\s]+)"?\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*$/;

const matches = ({ matchers = [] }: Route, labels: Readonly<Record<string, string>>): boolean =>
  matchers.every((matcher) => {
    const [, name = '', op, value = ''] = MATCHER.exec(matcher) ?? [];
    const own = labels[name] ?? '';
    if (op === '=' || op === '!=') return (own === value) === (op === '=');
    return new RegExp(`^(?:${value})$`).test(own) === (op === '=~');
  });

const rangesIn = (nodes: readonly Node[]): readonly string[] =>
  nodes.flatMap((node) => (node.kind === 'matrix' ? [node.range] : []));

/** An alert with the dashboards on which its panel should be. */
export interface ShownAlert {
  readonly alert: CheckedAlert;
  readonly dashboards: readonly DashboardFile[];
}

/** Checks of an alert against the panel that shows what it watches. */
export const OWNER_CHECKS: readonly Check<ShownAlert>[] = [
  {
    name: 'owner/panel',
    finds: 'an alert whose owner panel is on no dashboard: its links lead nowhere',
    source: 'tidewatch',
    run: ({ alert: { name, panel }, dashboards }) =>
      findingIf(panel !== null && panelOf(panel, dashboards) === undefined, () => ({
        path: `alerts/${name}`,
        problem: `its owner panel ${panel?.id} is not on dashboard '${panel?.dashboard}'`,
        fix: 'put the panel on the dashboard, or name another owner',
      })),
  },
  {
    name: 'threshold/panel',
    finds: 'an owner panel without a line at the threshold of its alert',
    source: 'tidewatch',
    run: ({ alert, dashboards }) => lineFaults(alert, dashboards),
  },
];

const panelOf = ({ dashboard, id }: PanelId, dashboards: readonly DashboardFile[]) =>
  dashboards
    .filter(({ uid }) => uid === dashboard)
    .flatMap(panelsOf)
    .find((panel) => panel.id === id);

const lineFaults = (
  { name, panel, threshold }: CheckedAlert,
  dashboards: readonly DashboardFile[],
): readonly Finding[] => {
  const owner = panel && panelOf(panel, dashboards);
  if (!owner || !threshold) return [];
  const lines = (owner.fieldConfig?.defaults?.thresholds?.steps ?? []).map(({ value }) => value);
  return findingIf(!lines.includes(threshold.value), () => ({
    path: `alerts/${name}`,
    problem: `it compares with ${threshold.value}, its panel '${owner.title}' has lines at ${lines.filter((line) => line !== null).join(', ') || 'nothing'}`,
    fix: 'draw the line from the threshold of the alert',
  }));
};
