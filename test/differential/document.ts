import { LOG_PANELS, ROWS, type Row } from './source-000.ts';

/** A code span of a Markdown table; a bar inside it would end the cell. */
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

const oursText = ({ ours }: Row, titleOf: TitleOf): string => {
  const only = Object.entries(ours.only ?? {}).map(([label, value]) => `${label}="${value}"`);
  return `${titleOf(ours.panel.id)}, ${ours.refId}${only.length === 0 ? '' : `, series with ${code(only.join(', '))}`}`;
};

const verdict = ({ defect }: Row): string =>
  defect === undefined ? 'agrees' : `differs: ${defect.because}. Agrees with ${code(defect.corrected)}`;

/** The title of a panel of our dashboard, by panel id. */
export type TitleOf = (id: number) => string;

const tableRow = (row: Row, titleOf: TitleOf): string =>
  `| ${row.panel}, ${row.refId} | ${code(row.source)} | ${oursText(row, titleOf)} | ${verdict(row)} |`;

/** The page that compares the source dashboard's queries with ours. */
export const differentialDocument = (titleOf: TitleOf): string => `# Our queries compared with the source dashboard

Each Prometheus query of the source dashboard 000, and the query of the Anthropic Proxy dashboard that replaces it, run on
the same generated data in a real Prometheus, at several times, with All selected for every variable. Either they agree
within 1%, or the row explains the defect of the source query that causes the difference; our query then agrees with a
corrected source query, and the original does not.

| Source panel | Source query | Our query | Result |
|---|---|---|---|
${ROWS.map((row) => tableRow(row, titleOf)).join('\n')}

The corrected counter queries are valid only because no replica restarts in the compared hours.

Panels that query only Loki cannot be compared in Prometheus: ${LOG_PANELS.join(', ')}.
The source scans up to seven days of log lines for sums that the proxy keeps itself; our panels read its gauge \`proxy_window_tokens\`.

\`test/differential/source-000.test.ts\` checks the table and this page; \`node test/differential/write-document.ts\` writes it.
`;
