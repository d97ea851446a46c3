/** A query of a panel, as the dashboard's JSON has it: its variables are not replaced. */
export interface PanelQuery {
  readonly dashboard: string;
  readonly id: number;
  readonly title: string;
  readonly refId: string;
  readonly expr: string;
}

/** A query variable of a dashboard. */
export interface QueryVariable {
  readonly dashboard: string;
  readonly name: string;
  readonly query: string;
}

/** A log query of a dashboard: a panel's, or an annotation's. */
export interface LogQuery {
  readonly dashboard: string;
  /** The panel's number. @default - it is an annotation */
  readonly id?: number;
  readonly title: string;
  readonly expr: string;
}

interface Datasource {
  readonly type: string;
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly datasource?: Datasource;
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly datasource?: Datasource }[];
  /** The panels of a collapsed row. */
  readonly panels?: readonly Panel[];
}

interface Model {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly annotations?: {
    readonly list?: readonly { readonly name: string; readonly expr?: string; readonly datasource?: Datasource }[];
  };
  readonly templating: {
    readonly list: readonly {
      readonly type: string;
      readonly name: string;
      readonly query: string;
      readonly datasource?: Datasource;
    }[];
  };
}

const modelOf = (json: string): Model => JSON.parse(json) as Model;

const withNested = (panel: Panel): readonly Panel[] => [panel, ...(panel.panels ?? [])];

const targetsFor = (type: string, { uid, panels }: Model): readonly PanelQuery[] =>
  panels
    .flatMap(withNested)
    .flatMap(({ id, title, datasource, targets = [] }) =>
      targets
        .filter((target) => (target.datasource ?? datasource)?.type === type)
        .map(({ refId, expr }) => ({ dashboard: uid, id, title, refId, expr })),
    );

/** Every query of a dashboard's JSON that goes to Prometheus, in the order of the screen. */
export const panelQueries = (json: string): readonly PanelQuery[] => targetsFor('prometheus', modelOf(json));

/** Every query of a dashboard's JSON that goes to Loki: those of the annotations, then those of the panels. */
export const logQueries = (json: string): readonly LogQuery[] => {
  const model = modelOf(json);
  const annotations = (model.annotations?.list ?? [])
    .filter(({ datasource }) => datasource?.type === 'loki')
    .map(({ name, expr = '' }) => ({ dashboard: model.uid, title: name, expr }));
  const panels = targetsFor('loki', model).map(({ dashboard, id, title, expr }) => ({ dashboard, id, title, expr }));
  return [...annotations, ...panels];
};

/** The numbers of all panels of a dashboard's JSON. */
export const panelIds = (json: string): readonly number[] =>
  modelOf(json)
    .panels.flatMap(withNested)
    .map(({ id }) => id);

/** Every variable of a dashboard's JSON that asks Prometheus for its values. */
export const queryVariables = (json: string): readonly QueryVariable[] => {
  const { uid, templating } = modelOf(json);
  return templating.list
    .filter(({ type, datasource }) => type === 'query' && datasource?.type === 'prometheus')
    .map(({ name, query }) => ({ dashboard: uid, name, query }));
};

const SPECIAL = /[\\^$*+?.()|[\]{}]/g;

/** A chosen value as Grafana puts it into a PromQL string: a regular expression that matches it alone. */
export const chosen = (...values: readonly string[]): string => {
  const escaped = values.map((value) => value.replace(SPECIAL, '\\\\$&'));
  return escaped.length === 1 ? escaped.join() : `(${escaped.join('|')})`;
};

/** A number after the sign is a group of a regular expression, and no variable. */
const REFERENCE = /\$(?:([a-z_]\w*)|\{([a-z_]\w*)(?::\w+)?\})/gi;

/**
 * A query with its variables replaced, as Grafana does before it asks.
 *
 * @throws for a variable without a value
 */
export const interpolate = (query: string, values: Readonly<Record<string, string>>): string =>
  query.replace(REFERENCE, (reference, plain: string | undefined, braced: string | undefined) => {
    const value = values[plain ?? braced ?? ''];
    if (value === undefined) throw new Error(`no value for ${reference} in: ${query}`);
    return value;
  });

const LABEL_VALUES = /^label_values\((?:(.+), ?)?(\w+)\)$/s;

/**
 * What a variable's query asks Prometheus' HTTP API for.
 *
 * @throws for a query of another kind than `label_values`
 */
export const labelValuesPath = (query: string): string => {
  const [, selector, label] = LABEL_VALUES.exec(query) ?? [];
  if (label === undefined) throw new Error(`no label_values(…): ${query}`);
  const parameters = selector === undefined ? '' : `?${new URLSearchParams({ 'match[]': selector })}`;
  return `/api/v1/label/${label}/values${parameters}`;
};
