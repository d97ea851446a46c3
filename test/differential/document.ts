import { LOG_PANELS, ROWS, type Row } from './source-000.ts';

/** A code span of a Markdown table; a bar inside it would end the cell. */
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

const oursText = ({ ours }: Row, titleOf: TitleOf): string => {
  const only = Object.entries(ours.only ?? {}).map(([label, value]) => `${label}="${value}"`);
  return `${titleOf(ours.panel.id)}, ${ours.refId}${only.length === 0 ? '' : `, series with ${code(only.join(', '))}`}`;
};

const verdict = ({ defect }: Row): string =>
  defect === undefined ? 'the same' : `differs: ${defect.because}. Agrees with ${code(defect.mended)}`;

/** The title of a panel of our dashboard by its number. */
export type TitleOf = (id: number) => string;

const tableRow = (row: Row, titleOf: TitleOf): string =>
  `| ${row.panel}, ${row.refId} | ${code(row.source)} | ${oursText(row, titleOf)} | ${verdict(row)} |`;

/** The page that tells how the source dashboard's queries and ours compare. */
export const differentialDocument = (
  titleOf: TitleOf,
): string => `# How our queries answer those of the source dashboard

Each Prometheus query of the source dashboard 000 and the query of the Anthropic Proxy dashboard that took its place run
on the same generated data in a real Prometheus, at several times, with every variable at All. They agree within 1 %, or
the row names the defect of the source's query that explains the difference; then ours agrees with the query from which
the defect was taken out by hand, and the source's does not.

| Source | Its query | Ours | Verdict |
|---|---|---|---|
${ROWS.map((row) => tableRow(row, titleOf)).join('\n')}

The generated replicas do not start again in the hours that are compared, so that the mended counters hold there.

Prometheus cannot compare what asks Loki alone: ${LOG_PANELS.join(', ')}.
They scan up to seven days of log lines for sums that the proxy keeps itself; ours read its gauge \`proxy_window_tokens\`.

\`test/differential/source-000.test.ts\` checks the table and this page; \`node test/differential/write-document.ts\` writes it.
`;
