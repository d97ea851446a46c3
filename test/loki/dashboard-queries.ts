import { dashboards } from '#dashboards';

/** A query for Loki as a dashboard's JSON has it, its variables not yet replaced. */
export interface LokiQuery {
  readonly dashboard: string;
  /** The title of the panel or the name of the annotation. */
  readonly title: string;
  readonly expr: string;
}

interface Asking {
  readonly title?: string;
  readonly name?: string;
  readonly expr?: string;
  readonly datasource?: { readonly type?: string };
  readonly targets?: readonly Asking[];
  readonly panels?: readonly Asking[];
}

interface Model {
  readonly panels: readonly Asking[];
  readonly annotations: { readonly list?: readonly Asking[] };
}

const withNested = (panel: Asking): readonly Asking[] => [panel, ...(panel.panels ?? [])];

const ofPanel = ({ title = '', datasource, targets = [] }: Asking): readonly Omit<LokiQuery, 'dashboard'>[] =>
  targets
    .filter((target) => (target.datasource ?? datasource)?.type === 'loki')
    .map(({ expr = '' }) => ({ title, expr }));

const ofModel = ({ panels, annotations }: Model): readonly Omit<LokiQuery, 'dashboard'>[] => [
  ...(annotations.list ?? [])
    .filter(({ datasource }) => datasource?.type === 'loki')
    .map(({ name = '', expr = '' }) => ({ title: name, expr })),
  ...panels.flatMap(withNested).flatMap(ofPanel),
];

/** Every query of every dashboard that Loki answers. */
export const lokiQueries = (): readonly LokiQuery[] =>
  dashboards
    .map((dashboard) => dashboard(() => []))
    .flatMap(({ uid, json }) => ofModel(json as unknown as Model).map((query) => ({ dashboard: uid, ...query })));
