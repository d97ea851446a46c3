/** A Loki query of the source dashboard 000, verbatim. */
export interface SourceQuery {
  readonly panel: string;
  readonly query: string;
}

const SELECTED = '{service_name="anthropic-proxy"} |= "completed"';
const unwrapped = (field: string, range: string): string =>
  `sum_over_time(${SELECTED} | unwrap ${field} | __error__="" [${range}])`;

const windowTokens = (panel: string, field: string): readonly SourceQuery[] => [
  { panel, query: `sum(${unwrapped(field, '$__interval')})` },
  { panel, query: `sum by (model) (${unwrapped(field, '$__interval')})` },
];

/** Every metric query of the source dashboard 000 to Loki. */
export const SOURCE_QUERIES: readonly SourceQuery[] = [
  { panel: 'Window Tokens In', query: `sum(${unwrapped('input_tokens', `\${window_age_5h}s`)})` },
  { panel: 'Window Tokens In', query: `sum(${unwrapped('input_tokens', `\${window_age_7d}s`)})` },
  { panel: 'Window Tokens Out', query: `sum(${unwrapped('output_tokens', `\${window_age_5h}s`)})` },
  { panel: 'Window Tokens Out', query: `sum(${unwrapped('output_tokens', `\${window_age_7d}s`)})` },
  ...['5h Window Tokens', '7d Window Tokens'].flatMap((panel) => [
    ...windowTokens(panel, 'output_tokens'),
    ...windowTokens(panel, 'input_tokens'),
  ]),
];

/** The source dashboard's annotation "429 Rate Limits". */
export const SOURCE_ANNOTATION = '{service_name="anthropic-proxy"} |= "upstream error" | json | status = "429"';

/** The values of dashboard variables. */
export type Variables = Readonly<Record<string, string>>;

/** A query with its variables replaced by values, as Grafana does it. */
export const substitute = (query: string, values: Variables): string =>
  Object.entries(values).reduce(
    (text, [name, value]) => text.replace(`\${${name}}`, value).replace(`$${name}`, value),
    query,
  );

/** A command line of the guide 003 that reads the proxy's output. */
export interface SourceCommand {
  /** What follows `docker compose logs proxy |` in the guide. */
  readonly command: string;
  /** Why it does not work on these lines; null if it works as it is. */
  readonly refused: string | null;
  /** What to use instead; null if it works as it is. */
  readonly instead: string | null;
}

/** Every command line of the guide 003 that reads the proxy's output. */
export const SOURCE_COMMANDS: readonly SourceCommand[] = [
  { command: "jq 'select(.tokens.total > 10000)'", refused: null, instead: null },
  { command: "jq 'select(.duration > 5000)'", refused: null, instead: null },
  {
    command: "grep ERROR | awk '{print $5}' | sort | uniq -c",
    refused:
      'a JSON line has fields, not columns: `grep ERROR` finds the errors, but their fifth word is part of a message',
    instead: "grep ERROR | jq -r '.error_type // .event' | sort | uniq -c",
  },
  {
    command: 'grep "Slow SQL query"',
    refused: 'the proxy has no database; requests can be slow',
    instead: "jq 'select(.duration > 5000)'",
  },
];
