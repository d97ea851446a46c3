import { findAnnotations } from './annotations.ts';
import { type Dashboard, panelsOf, toJson } from './classic.ts';
import { answerPanel, type QueryContext, sharedPanel } from './panels.ts';
import type { PreviewData, QueryAnswer } from './preview-data.ts';
import { expandRepeats } from './repeats.ts';
import { limited, type Sources } from './sources.ts';
import type { TimeRange } from './time.ts';
import { datasourceTypes, resolveVariables } from './variables.ts';

/** What a preview of a dashboard is made with. */
export interface PreviewOptions {
  readonly sources: Sources;
  readonly range: TimeRange;
  /** By name: the values that the user has chosen; `All` stands for all. */
  readonly chosen: ReadonlyMap<string, readonly string[]>;
  /** Pixels of the whole dashboard: the step of graphs depends on it. */
  readonly width: number;
  /** The scrape interval of the Prometheus data source, in milliseconds. */
  readonly scrapeInterval: number;
  readonly theme: PreviewData['theme'];
  /** Where the data come from, for the footer. */
  readonly source: string;
  /** Called after each panel that is answered. @default - nothing is called */
  readonly answered?: () => void;
}

/** A preview's data, and what could not be asked. */
export interface Preview {
  readonly data: PreviewData;
  /** Failed queries: where, and why. A source that is not there is none of these. */
  readonly failures: readonly string[];
}

/** How many questions a source gets at a time. */
const AT_A_TIME = 6;

const answersOf = async (
  dashboard: Dashboard,
  context: QueryContext,
  answered: PreviewOptions['answered'],
): Promise<PreviewData['panels']> => {
  const panels = panelsOf(dashboard.panels);
  const answers = await Promise.all(
    panels.map(async (panel): Promise<[string, readonly QueryAnswer[]]> => {
      const answer = await answerPanel(panel, context);
      answered?.();
      return [String(panel.id), answer];
    }),
  );
  const byId = new Map(answers);
  const shared = panels.flatMap((panel): [string, readonly QueryAnswer[]][] => {
    const other = sharedPanel(panel);
    return other === undefined ? [] : [[String(panel.id), byId.get(String(other)) ?? []]];
  });
  return Object.fromEntries([...answers, ...shared]);
};

/** Asks everything that a dashboard asks, and gives what its page shows. A failed query is in its panel. */
export const previewOf = async (dashboard: Dashboard, options: PreviewOptions): Promise<Preview> => {
  const { range, chosen, width, scrapeInterval, theme, source } = options;
  const sources = limited(options.sources, AT_A_TIME);
  const failures: string[] = [];
  const failed = (problem: string): void => void failures.push(problem);
  const models = dashboard.templating?.list ?? [];
  const variables = await resolveVariables(models, { sources, range, chosen, failed });
  const expanded = expandRepeats(dashboard, variables);
  const types = datasourceTypes(models);
  const context = { sources, range, variables, types, width, scrapeInterval, failed };
  const [panels, annotations] = await Promise.all([
    answersOf(expanded, context, options.answered),
    findAnnotations(dashboard.annotations?.list ?? [], context),
  ]);
  const shown = [...variables.values()].map(({ name, text, value }) => [
    name,
    { text: typeof text === 'string' ? text : text.join(' + '), value },
  ]);
  const data: PreviewData = {
    dashboard: toJson(expanded),
    range,
    variables: Object.fromEntries(shown),
    panels,
    annotations,
    source,
    theme,
  };
  return { data, failures: failures.toSorted() };
};
