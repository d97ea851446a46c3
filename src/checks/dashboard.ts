import type { Finding } from './finding.ts';
import { checkLogql } from './logql.ts';
import { checkPromql } from './promql.ts';

/** A dashboard as Grafana's file provisioning reads it. */
export interface DashboardFile {
  readonly uid: string;
  readonly json: object;
}

/** What the checks read of a dashboard's JSON; everything else may be there as well. */
interface Json {
  readonly panels?: readonly Panel[];
  readonly templating?: { readonly list?: readonly Variable[] };
  readonly annotations?: { readonly list?: readonly Annotation[] };
}

/** A panel, or a row with its collapsed panels. */
interface Panel {
  readonly id?: number;
  readonly title?: string;
  readonly targets?: readonly {
    readonly refId?: string;
    readonly expr?: string;
    readonly datasource?: { readonly type?: string };
  }[];
  readonly panels?: readonly Panel[];
}

interface Variable {
  readonly name?: string;
  readonly query?: string | { readonly query?: string };
}

interface Annotation {
  readonly name?: string;
  readonly expr?: string;
}

/** Every panel of a dashboard, those in rows included. */
export const panelsOf = ({ json }: DashboardFile): readonly Panel[] => flattened((json as Json).panels ?? []);

const flattened = (panels: readonly Panel[]): readonly Panel[] =>
  panels.flatMap((panel) => [panel, ...flattened(panel.panels ?? [])]);

/** Every query of a dashboard parses: those of panels, variables and annotations. */
export const checkDashboard = (dashboard: DashboardFile): readonly Finding[] => {
  const { templating, annotations } = dashboard.json as Json;
  const at = `dashboards/${dashboard.uid}`;
  return [
    ...panelsOf(dashboard).flatMap((panel) => checkTargets(panel, at)),
    ...(templating?.list ?? []).flatMap((variable) => checkVariable(variable, at)),
    ...(annotations?.list ?? []).flatMap(({ name, expr }) =>
      expr === undefined ? [] : checkLogql(expr, `${at}/annotations/${name}`),
    ),
  ];
};

const checkTargets = ({ title, targets = [] }: Panel, at: string): readonly Finding[] =>
  targets.flatMap(({ refId, expr = '', datasource }) => {
    const check = datasource?.type === 'loki' ? checkLogql : checkPromql;
    return check(expr, `${at}/${title}/${refId}`);
  });

const LABEL_VALUES = /^label_values\((.+),\s*\w+\)$/s;
const QUERY_RESULT = /^query_result\((.+)\)$/s;

const checkVariable = ({ name, query }: Variable, at: string): readonly Finding[] => {
  const text = typeof query === 'string' ? query : query?.query;
  const inner = text === undefined ? undefined : (LABEL_VALUES.exec(text) ?? QUERY_RESULT.exec(text))?.[1];
  return inner === undefined ? [] : checkPromql(inner, `${at}/variables/${name}`);
};
