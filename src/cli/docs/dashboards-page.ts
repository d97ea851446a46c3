import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Dashboard } from '#dashboards';
import { block, code, page, table } from './markdown.ts';
import { type DocumentedPanel, panelsOf } from './panels.ts';

interface Variable {
  readonly name: string;
  readonly label?: string;
  readonly type: string;
}

interface Annotation {
  readonly name: string;
  readonly expr?: string;
}

const listOf = <T>(json: Dashboard['json'], key: 'templating' | 'annotations'): readonly T[] =>
  (json[key] as { readonly list?: readonly T[] } | undefined)?.list ?? [];

const variables = ({ json }: Dashboard): string =>
  `Narrowed by ${listOf<Variable>(json, 'templating')
    .map(({ name, label }) => `${label ?? name} (${code(`$${name}`)})`)
    .join(', ')}.`;

const annotations = ({ json }: Dashboard): readonly string[] =>
  listOf<Annotation>(json, 'annotations').map(({ name, expr = '' }) => `Marks: ${name}, from ${code(expr)}.`);

const queries = (panels: readonly DocumentedPanel[]): string =>
  [
    '<details><summary>Queries</summary>',
    ...panels.map(({ title, queries: texts }) => `${title}\n\n${block(texts.join('\n'))}`),
    '</details>',
  ].join('\n\n');

const section = (title: string, panels: readonly DocumentedPanel[]): readonly string[] => [
  `### ${title}`,
  table(
    ['Panel', 'Number', 'Kind', 'Unit', 'What it shows'],
    panels.map((panel) => [panel.title, String(panel.id), panel.type, panel.unit, panel.description]),
  ),
  queries(panels),
];

const PICTURES = resolve(import.meta.dirname, '../../../docs/pictures');

/** The picture that `npm run preview:pictures` has drawn; a dashboard that is new has none yet. */
const picture = ({ uid, title }: Dashboard): readonly string[] =>
  existsSync(resolve(PICTURES, `${uid}.png`)) ? [`![The first rows of ${title}](pictures/${uid}.png)`] : [];

const dashboardText = (dashboard: Dashboard): readonly string[] => {
  const rows = Map.groupBy(panelsOf(dashboard), ({ row }) => row);
  return [
    `## ${dashboard.title}`,
    `${String(dashboard.json.description ?? '')} Its uid is ${code(dashboard.uid)}.`,
    ...picture(dashboard),
    variables(dashboard),
    ...annotations(dashboard),
    ...[...rows].flatMap(([title, panels]) => section(title, panels)),
  ];
};

/** The page of every dashboard. */
export const dashboardsPage = (dashboards: readonly Dashboard[]): string =>
  page(
    'Dashboards',
    'Every dashboard with its rows, panels and queries. The uid and the numbers of panels are public: links carry them, ' +
      'and they do not change. The files are in `dist/dashboards/` and can be imported into any Grafana. The pictures show the ' +
      'first rows with invented data; `npm run preview` draws all of them, with these or your own data ([preview](preview.md)).',
    ...dashboards.flatMap(dashboardText),
  );
