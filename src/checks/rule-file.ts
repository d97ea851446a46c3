import type { PanelId } from '#catalog';
import { type DashboardFile, panelsOf } from './dashboard.ts';
import type { Finding } from './finding.ts';
import { checkPromql } from './promql.ts';

/** A rule file as Prometheus reads it. */
export interface Rules {
  readonly name: string;
  readonly content: {
    readonly groups: readonly {
      readonly name: string;
      readonly rules: readonly ({ readonly expr: string } & (
        | { readonly alert: string }
        | { readonly record: string }
      ))[];
    }[];
  };
}

/** Every expression of a rule file parses. */
export const checkRuleFile = ({ name, content }: Rules): readonly Finding[] =>
  content.groups.flatMap(({ rules }) =>
    rules.flatMap((rule) => checkPromql(rule.expr, `alerts/${name}/${'alert' in rule ? rule.alert : rule.record}`)),
  );

/** An alert and the panel that shows what it watches. */
export interface Owned {
  readonly name: string;
  readonly panel: PanelId | null;
}

/** Every alert's owner panel is on a dashboard; otherwise its links and its threshold line lead nowhere. */
export const checkOwners = (alerts: readonly Owned[], dashboards: readonly DashboardFile[]): readonly Finding[] => {
  const shown = new Set(
    dashboards.flatMap((dashboard) => panelsOf(dashboard).map(({ id }) => `${dashboard.uid}/${id}`)),
  );
  return alerts.flatMap(({ name, panel }) =>
    panel === null || shown.has(`${panel.dashboard}/${panel.id}`)
      ? []
      : [
          {
            path: `alerts/${name}`,
            problem: `its owner panel ${panel.id} is not on dashboard '${panel.dashboard}'`,
            repair: 'put the panel on the dashboard, or name another owner',
          },
        ],
  );
};
