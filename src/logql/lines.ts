import {
  type FieldKinds,
  type LOG_COMMON_FIELDS,
  LOG_SERVICE,
  LOG_STREAM_LABELS,
  type LogEvent,
  type LogMetadataField,
  type LogStreamLabel,
} from '#catalog';
import { filtersOf, matchersOf, type StreamWhere, type Where } from './conditions.ts';
import { type LabelKinds, type Lines, linesOf, type Merge, type Nothing, staged } from './expression.ts';
import type { LabelFilter, Matcher, Stage } from './node.ts';
import { json, type Parsed } from './parsers.ts';

/** The labels that choose a stream; all of them have few values. */
export type StreamKinds = { readonly [K in LogStreamLabel]: 'value' };

type CommonKinds = typeof LOG_COMMON_FIELDS;

/** What is in a line of an event: the event's fields and those of every line. */
export type LineKinds<F extends FieldKinds> = Merge<F, CommonKinds>;

/** What a stage sees before any parser: the stream's labels, and those fields of the event that are structured metadata. */
export type UnparsedKinds<F extends FieldKinds> = Merge<
  Pick<LineKinds<F>, keyof LineKinds<F> & LogMetadataField>,
  StreamKinds
>;

/** What a stage sees after `json`. */
export type ParsedKinds<F extends FieldKinds> = Parsed<UnparsedKinds<F>, LineKinds<F>>;

/** The lines of an event before any parser: found by the text that its message contains. */
export const lines = <const F extends FieldKinds>(
  { contains }: LogEvent<F>,
  where: StreamWhere = {},
): Lines<UnparsedKinds<F>, LineKinds<F>> =>
  linesOf({
    kind: 'logs',
    streams: proxyStreams(where),
    pipeline: [{ kind: 'line-filter', op: '|=', text: contains }],
  });

/**
 * The lines of an event, parsed, whose labels and fields meet some conditions; those on labels of the stream go into its
 * selector, where they cost least.
 *
 * @throws when a list of values is empty
 */
export const logQuery = <const F extends FieldKinds>(
  event: LogEvent<F>,
  conditions: Where<ParsedKinds<NoInfer<F>>> = {},
): Lines<ParsedKinds<F>, LineKinds<F>> => {
  const [ofStream, ofLine] = divided(conditions);
  return staged(json(lines(event, ofStream)), ...labelFilters(ofLine));
};

const divided = (conditions: object): readonly [ofStream: object, ofLine: object] => {
  const { true: ofStream = [], false: ofLine = [] } = Object.groupBy(Object.entries(conditions), ([label]) =>
    isStreamLabel(label) ? 'true' : 'false',
  );
  return [Object.fromEntries(ofStream), Object.fromEntries(ofLine)];
};

const isStreamLabel = (label: string): boolean => LOG_STREAM_LABELS.some((name) => name === label);

/** What any line of the proxy may carry as structured metadata. */
type AnyMetadata = Readonly<
  Record<Exclude<LogMetadataField, `${string}_tokens`>, 'value'> &
    Record<Extract<LogMetadataField, `${string}_tokens`>, 'number'>
>;

/** All lines of the proxy, whatever their event; parsed, they have the fields that every line has. */
export const proxyLines = (where: StreamWhere = {}): Lines<Merge<AnyMetadata, StreamKinds>, CommonKinds> =>
  linesOf({ kind: 'logs', streams: proxyStreams(where), pipeline: [] });

/** Lines of any service, about whose fields the catalog knows nothing. */
export const streams = (
  where: StreamWhere<LogStreamLabel> & Required<Pick<StreamWhere<LogStreamLabel>, 'service_name'>>,
): Lines<StreamKinds, Nothing> => linesOf({ kind: 'logs', streams: matchersOf(where), pipeline: [] });

const proxyStreams = (where: StreamWhere): readonly Matcher[] => [
  { label: 'service_name', op: '=', value: LOG_SERVICE },
  ...matchersOf(where),
];

const lineFilter =
  (op: '|=' | '!=' | '|~' | '!~') =>
  <V extends LabelKinds, E extends LabelKinds>({ node }: Lines<V, E>, text: string): Lines<V, E> => {
    const place = node.pipeline.findLastIndex(({ kind }) => kind !== 'drop' && kind !== 'keep') + 1;
    // `| drop a != "b"` would drop `a` where it is not b; what a line says does not hang on its labels.
    return linesOf({ ...node, pipeline: node.pipeline.toSpliced(place, 0, { kind: 'line-filter', op, text }) });
  };

/** The lines that contain a text. */
export const lineContains = lineFilter('|=');
/** The lines that do not contain a text. */
export const lineLacks = lineFilter('!=');
/** The lines of which a part matches a regular expression. */
export const lineMatches = lineFilter('|~');
/** The lines of which no part matches a regular expression. */
export const lineMismatches = lineFilter('!~');

/**
 * The lines whose labels meet all conditions of a record, or of one of several records.
 *
 * A label that a line lacks is compared as an empty text; a comparison in size leaves such a line out.
 *
 * @throws when a list is empty
 */
export const where = <V extends LabelKinds, E extends LabelKinds>(
  of: Lines<V, E>,
  conditions: Where<NoInfer<V>> | readonly Where<NoInfer<V>>[],
): Lines<V, E> => {
  return staged(
    of,
    ...(Array.isArray(conditions) ? [labelFilter(alternatives(conditions))] : labelFilters(conditions)),
  );
};

const labelFilter = (filter: LabelFilter): Stage => ({ kind: 'label-filter', filter });

const labelFilters = (conditions: object): readonly Stage[] => filtersOf(conditions).map(labelFilter);

const alternatives = (conditions: readonly object[]): LabelFilter => {
  if (conditions.length === 0)
    throw new Error('no conditions: the list is empty, so nothing could match; name at least one');
  return joined(
    'or',
    conditions.map((one) => joined('and', filtersOf(one))),
  );
};

const joined = (kind: 'and' | 'or', [first, ...rest]: readonly LabelFilter[]): LabelFilter => {
  if (first === undefined)
    throw new Error('one of several conditions is empty, so every line would match; fill it or remove it');
  return rest.reduce((left, right) => ({ kind, left, right }), first);
};

/** The lines that every stage so far could read; one that is no JSON, or whose number is none, fails a metric query. */
export const withoutErrors = <V extends LabelKinds, E extends LabelKinds>(of: Lines<V, E>): Lines<V, E> =>
  staged(of, { kind: 'label-filter', filter: NO_ERROR });

/** The condition that no stage failed. @see https://grafana.com/docs/loki/latest/query/query_reference/#pipeline-errors */
export const NO_ERROR: LabelFilter = { kind: 'matcher', label: '__error__', op: '=', value: '' };
