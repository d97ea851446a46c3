import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { alertNames } from '#alerts';
import { METRICS } from '#catalog';
import { dashboards } from '#dashboards';

/** A link of the page. */
export interface Link {
  readonly text: string;
  readonly target: string;
}

/** The links in a text; code may contain brackets. */
export const linksIn = (text: string): readonly Link[] =>
  [...text.matchAll(/\[((?:`[^`]*`|[^\]`])+)\]\(([^)\s]+)\)/g)].map(([, words = '', target = '']) => ({
    text: words,
    target,
  }));

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (markdown: string): readonly string[] =>
  [...markdown.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    anchorOf(heading),
  );

interface Named {
  readonly name?: string;
  readonly title?: string;
}

/** What a link to a dashboard can name: the dashboard, its panels and its variables. */
const namesOnDashboards: ReadonlyMap<string, readonly string[]> = new Map(
  dashboards.map((build) => {
    const { title, json } = build(() => []);
    const { panels, templating } = json as unknown as {
      readonly panels: readonly (Named & { readonly type: string })[];
      readonly templating: { readonly list: readonly Named[] };
    };
    const titles = panels.flatMap((panel) => (panel.type === 'row' ? [] : [panel.title ?? '']));
    return [anchorOf(title), [title, ...titles, ...templating.list.map(({ name }) => `$${name}`)]];
  }),
);

const names = (list: readonly string[], name: string, what: string): readonly string[] =>
  list.includes(name) ? [] : [`there is no ${what} '${name}'`];

const hasWord = (text: string, word: string): boolean => {
  const escaped = word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<!\\w)${escaped}(?!\\w)`).test(text);
};

/** How to look up names on a page that lists them; `part` is the section that the link points to. */
const LISTED: Readonly<Record<string, (name: string, part: string, text: string) => readonly string[]>> = {
  'dashboards.md': (name, part) => names(namesOnDashboards.get(part) ?? [], name, `panel or variable of '${part}'`),
  'alerts.md': (name, part) => [
    ...names(alertNames, name, 'alert'),
    ...(part === anchorOf(name) ? [] : [`'${name}' leads to '${part}'`]),
  ],
  'metrics.md': (name) =>
    names(
      METRICS.map((metric) => metric.name),
      name,
      'metric',
    ),
  'configuration.md': (name, _part, text) =>
    text.includes(`\n| \`${name}\``) ? [] : [`there is no setting '${name}'`],
};

const isCode = (text: string): boolean => /^`[^`]+`$/.test(text);

const faultsOfName = ({ text, target }: Link, page: string): readonly string[] => {
  const [file = '', part] = target.split('#');
  const name = isCode(text) ? text.slice(1, -1) : text;
  const listed = LISTED[file];
  if (listed !== undefined && part !== undefined) return listed(name, part, page);
  return isCode(text) && !hasWord(page, name) ? [`'${name}' is not in ${file}`] : [];
};

const docs = new URL('../../../docs/', import.meta.url);

/**
 * What is wrong with a link: a file or heading that does not exist, or a name that its target does not have. Code in a
 * link has to occur in its target; on a page that lists panels, alerts, metrics or settings, the link has to name one.
 */
export const faultsOf = (link: Link): readonly string[] => {
  const [file = '', part] = link.target.split('#');
  const path = fileURLToPath(new URL(file, docs));
  if (!existsSync(path) || !statSync(path).isFile()) return [`there is no file ${file}`];
  const page = readFileSync(path, 'utf8');
  if (part !== undefined && !anchorsOf(page).includes(part)) return [`${file} has no heading '${part}'`];
  return faultsOfName(link, page);
};
