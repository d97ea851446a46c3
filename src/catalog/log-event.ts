/** What the value of a log field is; `text` may be anything, `value` is one of a closed or capped set. */
export type FieldKind = 'number' | 'value' | 'text' | 'object';

/** The fields of a line, each with what its value is. */
export type FieldKinds = Readonly<Record<string, FieldKind>>;

/** A line that the proxy writes: how to find it and which fields it carries. */
export interface LogEvent<F extends FieldKinds = FieldKinds> {
  /** The value of the field `event`. */
  readonly event: string;
  /** Text that `msg` always contains. */
  readonly contains: string;
  readonly fields: F;
}

/** Declares a line that a program writes. */
export const logEvent = <const F extends FieldKinds>(event: LogEvent<F>): LogEvent<F> => event;

/** How loud a line is, as the collector writes it: in small letters. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const;

/** How loud a line is. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The labels of a stream, which Loki indexes and a selector chooses by; `instance` is the pod, as in Prometheus. Each
 * set of values is a stream of its own, so nothing that grows with the traffic is among them.
 *
 * @see https://grafana.com/docs/loki/latest/get-started/labels/bp-labels/
 */
export const LOG_STREAM_LABELS = ['service_name', 'namespace', 'instance', 'level'] as const;

/** A label of a stream. */
export type LogStreamLabel = (typeof LOG_STREAM_LABELS)[number];

/**
 * The fields that the collector takes out of a line as structured metadata: a query filters, groups and unwraps by them
 * without parsing the line.
 *
 * @see https://grafana.com/docs/loki/latest/get-started/labels/structured-metadata/
 */
export const LOG_METADATA_FIELDS = ['event', 'model', 'status', 'credential', 'input_tokens', 'output_tokens'] as const;

/** A field that is structured metadata. */
export type LogMetadataField = (typeof LOG_METADATA_FIELDS)[number];

/** What every line carries besides the fields of its event and the labels of its stream. */
export const LOG_COMMON_FIELDS = { event: 'value', time: 'text', msg: 'text' } as const satisfies FieldKinds;
