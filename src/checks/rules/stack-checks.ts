import type { Duration, Metric, PanelId } from '#catalog';
import type { Node } from '#promql';
import { type Check, findingIf, listed } from '../check.ts';
import { type DashboardFile, panelsOf } from '../dashboards/dashboard-json.ts';
import type { Finding } from '../finding.ts';
import { constantOf } from '../queries/measure.ts';
import { secondsOf } from './rule-checks.ts';
import type { AlertView, Rules } from './rule-view.ts';

/** An alert, the panel that shows what it watches, and the limit that both draw. */
export interface Owned {
  readonly name: string;
  readonly panel: PanelId | null;
  /** @default - it has no limit that a panel could draw */
  readonly threshold?: { readonly value: number } | null;
}

/** A step of Alertmanager's routing tree. @see https://prometheus.io/docs/alerting/latest/configuration/#route */
export interface RouteStep {
  readonly receiver?: string;
  readonly matchers?: readonly string[];
  readonly routes?: readonly RouteStep[];
}

/** Everything that a stack shows and everything that wakes somebody, with what the two are held against. */
export interface Content {
  readonly dashboards: readonly DashboardFile[];
  readonly rules: readonly Rules[];
  readonly alerts: readonly Owned[];
  /** The root of Alertmanager's routing tree. */
  readonly route: RouteStep;
  /** The names of the alerts that have a runbook page. */
  readonly runbooks: readonly string[];
  /** The time between two scrapes. */
  readonly scrapeInterval: Duration;
  /** @default - the metrics of the catalog */
  readonly metrics?: readonly Metric[];
}

/** An alert and the stack around it. */
export interface PlacedAlert extends AlertView {
  readonly stack: Content;
}

/** What holds between an alert and the rest of the stack. */
export const STACK_CHECKS: readonly Check<PlacedAlert>[] = [
  {
    name: 'severity/route',
    finds: 'an alert that no route but the root takes, so that nobody has decided who hears of it',
    source: 'tidewatch',
    run: ({ path, rule, stack: { route } }) => {
      const labels = { ...rule.labels, alertname: rule.alert };
      return findingIf(!(route.routes ?? []).some((step) => takes(step, labels)), () => ({
        path,
        problem: `no route takes severity '${rule.labels?.severity}'`,
        repair: `give it a severity that has one: ${listed((route.routes ?? []).flatMap(({ matchers = [] }) => matchers))}`,
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
        repair: `write alerts/runbooks/${rule.alert}.md`,
      })),
  },
  {
    name: 'range/scrapes',
    finds: 'a range so short that it may hold one sample only',
    source: 'tidewatch',
    run: ({ path, nodes, stack: { scrapeInterval } }) =>
      rangesIn(nodes)
        .filter((range) => secondsOf(range) < 2 * secondsOf(scrapeInterval))
        .map((range) => ({
          path,
          problem: `a range of ${range} with a scrape every ${scrapeInterval}`,
          repair: 'take a range of two scrapes at least, better of four',
        })),
  },
  {
    name: 'threshold/rule',
    finds: 'an alert whose expression compares with another number than its threshold',
    source: 'tidewatch',
    run: ({ path, rule, nodes, stack: { alerts } }) => {
      const value = alerts.find(({ name }) => name === rule.alert)?.threshold?.value;
      return findingIf(value !== undefined && !numbersIn(nodes).includes(value), () => ({
        path,
        problem: `its threshold is ${value}, its expression has ${listed(numbersIn(nodes).map(String))}`,
        repair: 'let the expression take the threshold that it is given',
      }));
    },
  },
];

const MATCHER = /^\s*"?([^"=!~\s]+)"?\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*$/;

const takes = ({ matchers = [] }: RouteStep, labels: Readonly<Record<string, string>>): boolean =>
  matchers.every((matcher) => {
    const [, name = '', op, value = ''] = MATCHER.exec(matcher) ?? [];
    const own = labels[name] ?? '';
    if (op === '=' || op === '!=') return (own === value) === (op === '=');
    return new RegExp(`^(?:${value})$`).test(own) === (op === '=~');
  });

const rangesIn = (nodes: readonly Node[]): readonly string[] =>
  nodes.flatMap((node) => (node.kind === 'matrix' ? [node.range] : []));

const numbersIn = (nodes: readonly Node[]): readonly number[] =>
  nodes.map(constantOf).filter((value) => value !== undefined);

/** An alert with the dashboards on which its panel should be. */
export interface ShownAlert {
  readonly alert: Owned;
  readonly dashboards: readonly DashboardFile[];
}

/** What holds between an alert and the panel that shows what it watches. */
export const OWNER_CHECKS: readonly Check<ShownAlert>[] = [
  {
    name: 'owner/panel',
    finds: 'an alert whose owner panel no dashboard shows: its links and its line lead nowhere',
    source: 'tidewatch',
    run: ({ alert: { name, panel }, dashboards }) =>
      findingIf(panel !== null && panelOf(panel, dashboards) === undefined, () => ({
        path: `alerts/${name}`,
        problem: `its owner panel ${panel?.id} is not on dashboard '${panel?.dashboard}'`,
        repair: 'put the panel on the dashboard, or name another owner',
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

const lineFaults = ({ name, panel, threshold }: Owned, dashboards: readonly DashboardFile[]): readonly Finding[] => {
  const owner = panel && panelOf(panel, dashboards);
  if (!owner || !threshold) return [];
  const lines = (owner.fieldConfig?.defaults?.thresholds?.steps ?? []).map(({ value }) => value);
  return findingIf(!lines.includes(threshold.value), () => ({
    path: `alerts/${name}`,
    problem: `it compares with ${threshold.value}, its panel '${owner.title}' has lines at ${lines.filter((line) => line !== null).join(', ') || 'nothing'}`,
    repair: 'draw the line from the threshold of the alert',
  }));
};
