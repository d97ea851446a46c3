/** Strings, in which variables stay as they are; comments; variables; and what decides where a variable stands. */
const TOKEN =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|(?<variable>\$\{\w+(?::\w+)?\}|\$\w+)|(?<bracket>[[\]])/gs;

const BEFORE_DURATION = /\boffset\s+-?$/;
const BEFORE_NUMBER =
  /(?:@|[<>=]=?|!=)\s*-?$|\b(?:topk|bottomk|approx_topk|quantile_over_time)\s*(?:(?:by|without)\s*\([^)]*\)\s*)?\($/;
const UNIT = /^[a-z]/;

/**
 * A query with each Grafana variable replaced by something of the same length that parses in its place, so that the
 * columns of a parser's errors are those of the query: durations in ranges and after `offset`, numbers where only they
 * fit, otherwise a name. Variables inside strings stay.
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
 */
export const withoutVariables = (query: string): string => {
  let inRange = false;
  return query.replace(TOKEN, (token, ...rest) => {
    const { variable, bracket } = rest.at(-1) as { variable?: string; bracket?: string };
    if (bracket !== undefined) inRange = bracket === '[';
    if (variable === undefined) return token;
    const at = rest.at(-3) as number;
    return standIn(variable, { inRange, before: query.slice(0, at), after: query.slice(at + variable.length) });
  });
};

interface Place {
  readonly inRange: boolean;
  readonly before: string;
  readonly after: string;
}

const standIn = ({ length }: string, { inRange, before, after }: Place): string => {
  if (inRange || BEFORE_DURATION.test(before)) return UNIT.test(after) ? '1'.repeat(length) : '1m'.padEnd(length);
  return (BEFORE_NUMBER.test(before) ? '1' : 'v').repeat(length);
};
