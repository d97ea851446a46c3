import { parser as logql } from '@grafana/lezer-logql';
import { parser as promql } from '@prometheus-io/lezer-promql';
import type { PanelId, Thresholds } from '#catalog';
import { dashboards } from '#dashboards';

/** A query of a panel. */
export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly interval?: string;
  readonly queryType?: string;
}

interface Titled {
  readonly title: string;
  readonly url: string;
}

/** A setting of some fields of a panel alone. */
export interface Override {
  readonly matcher: { readonly id: string; readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

/** A panel as Grafana reads it. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly targets: readonly Target[];
  readonly links?: readonly Titled[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null }[] };
    };
    readonly overrides: readonly Override[];
  };
}

/** A variable of a dashboard. */
export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string;
  readonly label: string;
}

/** A dashboard as Grafana reads it. */
export interface Json {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

/** No alert draws a line. */
export const NO_LINES: Thresholds = () => [];

/** Every dashboard as Grafana reads it. */
export const allRendered = (thresholds: Thresholds = NO_LINES): readonly Json[] =>
  dashboards.map((build) => build(thresholds).json as unknown as Json);

/** A dashboard as Grafana reads it. @throws when there is none of that uid */
export const rendered = (uid: string, thresholds: Thresholds = NO_LINES): Json => {
  const found = allRendered(thresholds).find((one) => one.uid === uid);
  if (found === undefined) throw new Error(`no dashboard '${uid}'`);
  return found;
};

/** The panels of a dashboard without the titles of its rows. */
export const panelsOf = ({ panels }: Json): readonly Panel[] => panels.filter(({ type }) => type !== 'row');

/** A panel of any dashboard. @throws when no dashboard has it */
export const panelAt = ({ dashboard, id }: PanelId, thresholds: Thresholds = NO_LINES): Panel => {
  const found = panelsOf(rendered(dashboard, thresholds)).find((panel) => panel.id === id);
  if (found === undefined) throw new Error(`no panel ${id} on '${dashboard}'`);
  return found;
};

/** Durations and numbers in the place of Grafana's, which no grammar knows. */
const plainText = (expr: string): string => expr.replaceAll(/\[\$__\w+\]/g, '[5m]').replaceAll(/ \$\w+/g, ' 5');

const grammars = { prometheus: promql, loki: logql } as const;

/** The parts of some kind of an expression, as its datasource's grammar sees them. @throws when it cannot be parsed */
export const partsOf = (datasource: string, expr: string, kind: string): readonly string[] => {
  const text = plainText(expr);
  const parts: string[] = [];
  grammars[datasource as keyof typeof grammars].parse(text).iterate({
    enter: ({ name, from, to, type }) => {
      if (type.isError) throw new Error(`nothing for ${datasource} at ${from}: ${text}`);
      if (name === kind) parts.push(text.slice(from, to));
    },
  });
  return parts;
};

/** What Grafana makes of an expression when All is chosen everywhere and nothing is searched for. */
export const withAll = (expr: string): string =>
  expr
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$__range', '1h')
    .replaceAll('$__auto', '5m')
    .replaceAll('$search', '')
    .replaceAll('$slow_ms', '5000')
    .replaceAll(/=~"\$(job|instance)"/g, '=~".+"')
    .replaceAll(/=~"\$\w+"/g, '=~".*"');
