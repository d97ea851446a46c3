import { parse } from 'yaml';
import type { Files } from '../../src/output.ts';
import { filesOf, synthesize } from '../../src/synth.ts';
import {
  type LogQuery,
  logQueries,
  type PanelQuery,
  panelIds,
  panelQueries,
  type QueryVariable,
  queryVariables,
} from './dashboard-queries.ts';

/** Where the runbooks are published. */
export const RUNBOOKS = 'https://example.org/runbooks';

/** A stack with a receiver of each kind of urgency, so that every route leads somewhere, and every link as well. */
export const generatedFiles = (): Files =>
  filesOf(
    synthesize({
      config: {
        proxy: { image: 'example.org/anthropic-proxy:test' },
        prometheus: { retentionSize: '18GB' },
        alerts: { runbookBaseUrl: RUNBOOKS },
        alertmanager: {
          receivers: {
            page: [{ type: 'pagerduty', routingKeyKey: 'pagerduty' }],
            ticket: [{ type: 'slack', urlKey: 'slack' }],
            heartbeat: [{ type: 'webhook', urlKey: 'heartbeat' }],
          },
        },
      },
    }),
  );

/** A generated file. @throws when there is none of that path */
export const fileOf = (files: Files, path: string): string => {
  const text = files.get(path);
  if (text === undefined) throw new Error(`nothing was generated at '${path}', only ${[...files.keys()].join(', ')}`);
  return text;
};

/** The texts below a folder, by path. */
export const filesIn = (files: Files, folder: string): ReadonlyMap<string, string> =>
  new Map([...files].filter(([path]) => path.startsWith(`${folder}/`)));

/** An alert as a rule file has it. */
export interface AlertRule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly (AlertRule | { readonly record: string })[] }[];
}

/** The alerts of every rule file. */
export const allAlerts = (files: Files): readonly AlertRule[] =>
  [...filesIn(files, 'alerts').values()]
    .flatMap((text) => (parse(text) as RuleFile).groups)
    .flatMap(({ rules }) => rules)
    .filter((rule): rule is AlertRule => 'alert' in rule);

const dashboards = (files: Files): readonly string[] => [...filesIn(files, 'dashboards').values()];

/** The PromQL queries of every panel of every dashboard. */
export const allPanelQueries = (files: Files): readonly PanelQuery[] => dashboards(files).flatMap(panelQueries);

/** The log queries of every panel and annotation of every dashboard. */
export const allLogQueries = (files: Files): readonly LogQuery[] => dashboards(files).flatMap(logQueries);

/** The numbers of the panels of a dashboard. @throws when there is no dashboard of that uid */
export const panelIdsOf = (files: Files, uid: string): readonly number[] =>
  panelIds(fileOf(files, `dashboards/${uid}.json`));

/** The variables of every dashboard that ask Prometheus. */
export const allQueryVariables = (files: Files): readonly QueryVariable[] => dashboards(files).flatMap(queryVariables);
