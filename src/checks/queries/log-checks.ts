import { LOG_COMMON_FIELDS, LOG_EVENTS, LOG_LEVELS, LOG_METADATA_FIELDS, LOG_STREAM_LABELS, nearest } from '#catalog';
import type { LogqlParts } from '#logql';
import { type Check, findingIf, listed } from '../check.ts';

/** A LogQL query of a panel or an annotation. */
export interface LogView {
  readonly path: string;
  readonly parts: LogqlParts;
  /** Whether it is a panel's: linters read those as PromQL if they can. */
  readonly ofPanel: boolean;
}

/** Checks of every LogQL query. */
export const LOG_CHECKS: readonly Check<LogView>[] = [
  {
    name: 'logql/stage',
    finds: 'a log query that is only a selector, which linters read as PromQL',
    source: 'tidewatch',
    run: ({ path, parts: { staged }, ofPanel }) =>
      findingIf(ofPanel && !staged, () => ({
        path,
        problem: 'a selector without a pipeline',
        fix: 'filter its lines, or parse them with | json',
      })),
  },
  {
    name: 'logql/label',
    finds: 'a stream label or a field that does not exist',
    source: 'tidewatch',
    run: ({ path, parts }) => {
      const names = namesAfter(parts);
      return [
        ...parts.streams
          .filter(({ label }) => !STREAM_LABELS.includes(label))
          .map(({ label }) => absent(label, STREAM_LABELS)),
        ...[...parts.conditions.map(({ label }) => label), ...parts.labels]
          .filter((label) => !names.has(label) && !label.includes('$'))
          .map((label) => absent(label, names)),
      ].map((fault) => ({ path, ...fault }));
    },
  },
  {
    name: 'logql/value',
    finds: 'an event or a level that no line has',
    source: 'tidewatch',
    run: ({ path, parts }) =>
      [...parts.streams, ...parts.conditions].flatMap(({ label, op, value }) => {
        const values = VALUES[label];
        const asked = op === '=~' || op === '!~' ? value.split('|') : [value];
        return asked
          .filter((one) => values !== undefined && /^\w+$/.test(one) && !values.includes(one))
          .map((one) => ({
            path,
            problem: `no line has ${label} '${one}'`,
            fix: `use one of ${listed(values ?? [])}`,
          }));
      }),
  },
];

const STREAM_LABELS: readonly string[] = LOG_STREAM_LABELS;

/** Labels that Loki itself sets. @see https://grafana.com/docs/loki/latest/query/log_queries/#pipeline-errors */
const OF_LOKI = ['__error__', '__error_details__', 'detected_level'];

const EVENTS = Object.values(LOG_EVENTS);

/** A field whose value is an object becomes one label for each of its own fields. */
const FIELDS: readonly string[] = [
  ...Object.keys(LOG_COMMON_FIELDS),
  ...EVENTS.flatMap(({ fields }) => Object.keys(fields)),
];

const OBJECTS: readonly string[] = EVENTS.flatMap(({ fields }) =>
  Object.entries(fields).flatMap(([name, kind]) => (kind === 'object' ? [`${name}_`] : [])),
);

const VALUES: Readonly<Record<string, readonly string[] | undefined>> = {
  event: EVENTS.map(({ event }) => event),
  level: LOG_LEVELS,
};

/** The labels that a line has after the stages of a query; a parsed field that was a label already gets a suffix. */
const namesAfter = ({ parsed, made, labels }: LogqlParts): ReadonlySet<string> => {
  const before = [...STREAM_LABELS, ...LOG_METADATA_FIELDS, ...OF_LOKI, ...made];
  if (!parsed) return new Set(before);
  const ofObjects = labels.filter((label) => OBJECTS.some((prefix) => label.startsWith(prefix)));
  return new Set([...before, ...FIELDS, ...before.map((name) => `${name}_extracted`), ...ofObjects]);
};

const absent = (label: string, known: Iterable<string>): { readonly problem: string; readonly fix: string } => {
  const meant = nearest(label, known);
  return {
    problem: `no line has a label '${label}'`,
    fix: `use one of ${listed(known)}${meant === undefined ? '' : `, probably '${meant}'`}`,
  };
};
