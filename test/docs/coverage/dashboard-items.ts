import { distinct, type Item } from './item.ts';

interface Variable {
  readonly name: string;
  readonly definition: string;
}

interface Annotation {
  readonly name: string;
  readonly expr?: string;
  readonly textFormat?: string;
}

interface Panel {
  readonly title: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly targets: readonly { readonly expr: string }[];
  readonly transformations?: readonly { readonly id: string }[];
  readonly fieldConfig: {
    readonly defaults: { readonly thresholds?: { readonly steps: readonly { readonly value: number | null }[] } };
    readonly overrides?: readonly { readonly matcher: { readonly options: string } }[];
  };
}

interface Dashboard {
  readonly title: string;
  readonly tags: readonly string[];
  readonly links: readonly { readonly title: string }[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly Annotation[] };
  readonly panels: readonly Panel[];
}

const items = (kind: string, names: readonly string[]): readonly Item[] => names.map((name) => ({ kind, name }));

const settings = (dashboard: Dashboard): readonly Item[] => {
  const others = ['title', 'tags', 'links', 'templating', 'annotations', 'panels'];
  return items(
    'setting',
    Object.keys(dashboard).filter((key) => !others.includes(key)),
  );
};

const captured = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, name = '']) => name);

const labelsOf = (expr: string): readonly string[] => [
  ...captured(expr, /[{,]\s*(\w+)\s*[=!]/g),
  ...captured(expr, /\bby \(([\w, ]+)\)/g).flatMap((list) => list.split(/,\s*/)),
];

/** Metrics, and the labels they are selected and aggregated by. */
const metricItems = (exprs: readonly string[]): readonly Item[] =>
  exprs.flatMap((expr) => [
    ...items('metric', captured(expr, /\b([a-z]+(?:_[a-z]+){2,})\b(?! ?\()/g)),
    ...items('label', labelsOf(expr)),
  ]);

/** What log queries filter by: stream labels, fields and text. */
const logItems = (queries: readonly string[]): readonly Item[] =>
  queries.flatMap((query) => [
    ...items('log field', [...labelsOf(query), ...captured(query, /\| (?:unwrap )?(\w+)(?= =| \| __error__)/g)]),
    ...items('log line', captured(query, /\|= "([^"]+)"/g)),
  ]);

const thresholds = ({ fieldConfig }: Panel): readonly string[] =>
  (fieldConfig.defaults.thresholds?.steps ?? []).flatMap(({ value }) => (value === null ? [] : [String(value)]));

const panelItems = (panels: readonly Panel[]): readonly Item[] =>
  panels.flatMap((panel) => [
    ...items('panel', [panel.title]),
    ...items('threshold', thresholds(panel)),
    ...items(
      'override',
      (panel.fieldConfig.overrides ?? []).map(({ matcher }) => matcher.options),
    ),
    ...items(
      'transformation',
      (panel.transformations ?? []).map(({ id }) => id),
    ),
  ]);

const exprsOf = (panels: readonly Panel[], asksLoki: boolean): readonly string[] =>
  panels
    .filter(({ datasource }) => (datasource.type === 'loki') === asksLoki)
    .flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** Every item of a Grafana dashboard. */
export const dashboardItems = (json: string): readonly Item[] => {
  const dashboard = JSON.parse(json) as Dashboard;
  const { annotations, panels, templating } = dashboard;
  const definitions = templating.list.map(({ definition }) => definition);
  const marks = annotations.list.flatMap(({ expr = '' }) => (expr === '' ? [] : [expr]));
  return distinct([
    ...items('dashboard', [dashboard.title]),
    ...settings(dashboard),
    ...items('tag', dashboard.tags),
    ...items(
      'link',
      dashboard.links.map(({ title }) => title),
    ),
    ...items(
      'variable',
      templating.list.map(({ name }) => name),
    ),
    ...items(
      'annotation',
      annotations.list.map(({ name }) => name),
    ),
    ...panelItems(panels),
    ...items(
      'datasource',
      panels.map(({ datasource }) => datasource.uid),
    ),
    ...metricItems([...definitions, ...exprsOf(panels, false)]),
    ...logItems([...exprsOf(panels, true), ...marks]),
    ...items(
      'log field',
      annotations.list.flatMap(({ textFormat = '' }) => captured(textFormat, /{{(\w+)}}/g)),
    ),
  ]);
};
