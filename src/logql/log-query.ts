import { type FieldKind, type FieldKinds, LOG_SERVICE, type LogEvent } from '#catalog';
import type { LogNode, Matcher } from './node.ts';
import { printLogs } from './printer.ts';

/** What a field may be compared with: a value, a list of values (any of them), or a regular expression or variable. */
export type FieldMatch = string | readonly string[] | { readonly matches: string };

/** Conditions on the fields of an event; numbers and objects are no labels to compare as text. */
export type FieldConditions<F extends FieldKinds> = {
  readonly [K in keyof F as F[K] extends Exclude<FieldKind, 'value' | 'text'> ? never : K]?: FieldMatch;
};

/** A query for log lines and the LogQL that asks it. */
export interface LogQuery {
  readonly node: LogNode;
  readonly text: string;
}

/** The lines of an event whose fields meet some conditions. @throws when a list of values is empty */
export const logQuery = <const F extends FieldKinds>(
  { contains }: LogEvent<F>,
  where: FieldConditions<NoInfer<F>> = {},
): LogQuery => {
  const conditions = Object.entries(where as Readonly<Record<string, FieldMatch | undefined>>);
  const node: LogNode = {
    kind: 'logs',
    streams: [{ label: 'service_name', op: '=', value: LOG_SERVICE }],
    pipeline: [
      { kind: 'line-filter', op: '|=', text: contains },
      { kind: 'json' },
      ...conditions.flatMap(([label, match]) =>
        match === undefined ? [] : [{ kind: 'label-filter', matcher: matcherOf(label, match) } as const],
      ),
    ],
  };
  return { node, text: printLogs(node) };
};

const SPECIAL = /[.*+?^${}()|[\]\\]/g;

const matcherOf = (label: string, match: FieldMatch): Matcher => {
  if (typeof match === 'string') return { label, op: '=', value: match };
  if ('matches' in match) return { label, op: '=~', value: match.matches };
  const [only] = match;
  if (only === undefined)
    throw new Error(`no value for field '${label}': the list is empty, so nothing could match; name at least one`);
  return match.length === 1
    ? { label, op: '=', value: only }
    : { label, op: '=~', value: match.map((value) => value.replace(SPECIAL, '\\$&')).join('|') };
};
