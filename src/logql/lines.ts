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
import { type LabelKinds, type Lines, linesOf, type Merge, staged, type UntypedLines } from './expression.ts';
import type { LinesNode, Matcher, Stage } from './node.ts';

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
    pipeline: [{ kind: 'line-filter', text: contains }],
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

const proxyStreams = (where: StreamWhere): readonly Matcher[] => [
  { label: 'service_name', op: '=', value: LOG_SERVICE },
  ...matchersOf(where),
];

/** The lines that contain a text. */
export const lineContains = <V extends LabelKinds, E extends LabelKinds>(of: Lines<V, E>, text: string): Lines<V, E> =>
  staged(of, { kind: 'line-filter', text });

/** The fields of a line as labels: an object becomes a label for each of its parts, `tokens_input`. */
type Flat<E extends LabelKinds> = {
  readonly [K in keyof E & string as E[K] extends 'object' ? `${K}_${string}` : K]: E[K] extends 'object'
    ? 'number'
    : E[K];
};

/** The labels after a line was parsed. Those that were there before stay as they were. */
type Parsed<V extends LabelKinds, E extends LabelKinds> = Merge<Flat<E>, V>;

/** Extracts fields from lines of JSON: all of them, or some. */
interface Json {
  <V extends LabelKinds, E extends LabelKinds>(of: Lines<V, E>): Lines<Parsed<V, E>, E>;
  <V extends LabelKinds, E extends LabelKinds, const K extends Exclude<keyof E & string, keyof V>>(
    of: Lines<V, E>,
    fields: readonly (K & keyof E)[],
  ): Lines<Merge<V, Pick<E, K>>, E>;
}

/**
 * Extracts fields from lines of JSON.
 *
 * A field whose name is already that of a stream label or of structured metadata becomes `<name>_extracted`: `model` after
 * `json` is still the one of the metadata, and `level` that of the stream, in lower case. So a condition or `by` means the
 * same before `json` and after it, and a field of the metadata need not be parsed. A null field gives no label, a list
 * none, an object one for each of its parts.
 *
 * @see https://grafana.com/docs/loki/latest/query/log_queries/#parser-expression
 */
export const json: Json = (of: { readonly node: LinesNode }, fields: readonly string[] = []): UntypedLines =>
  staged(of, { kind: 'json', fields });

/**
 * The lines whose labels meet all conditions.
 *
 * A label that a line lacks is compared as an empty text; a numeric comparison leaves such a line out.
 *
 * @throws when a list is empty
 */
export const where = <V extends LabelKinds, E extends LabelKinds>(
  of: Lines<V, E>,
  conditions: Where<NoInfer<V>>,
): Lines<V, E> => staged(of, ...labelFilters(conditions));

const labelFilters = (conditions: object): readonly Stage[] =>
  filtersOf(conditions).map((filter) => ({ kind: 'label-filter', filter }));
