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

const logEvent = <const F extends FieldKinds>(event: LogEvent<F>): LogEvent<F> => event;

/** The value of the stream label `service_name` of every line of the proxy. */
export const LOG_SERVICE = 'anthropic-proxy';

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

/** Lines of the proxy: those that dashboards and annotations read, and those of its life. */
export const LOG_EVENTS = {
  requestFinished: logEvent({
    event: 'api_request',
    contains: 'completed',
    fields: {
      input_tokens: 'number',
      output_tokens: 'number',
      cache_read_tokens: 'number',
      cache_write_tokens: 'number',
      model: 'value',
      credential: 'value',
      stream: 'value',
      status: 'value',
      outcome: 'value',
      duration: 'number',
      ttfb: 'number',
      domain: 'value',
      method: 'value',
      path: 'value',
      tokens: 'object',
      cost_usd: 'number',
      request_id: 'text',
    },
  }),
  upstreamError: logEvent({
    event: 'upstream_error',
    contains: 'upstream error',
    fields: {
      status: 'value',
      error_type: 'value',
      error_message: 'text',
      credential: 'value',
      attempt: 'number',
      request_id: 'text',
    },
  }),
  windowReset: logEvent({
    event: 'window_reset',
    contains: 'window reset',
    fields: {
      window: 'value',
      credential: 'value',
      prev_tokens_in: 'number',
      prev_tokens_out: 'number',
      old_reset: 'text',
      new_reset: 'text',
    },
  }),
  windowHigh: logEvent({
    event: 'window_high',
    contains: 'utilization high',
    fields: { window: 'value', credential: 'value', utilization: 'number', resets_at: 'text' },
  }),
  pollFailed: logEvent({
    event: 'usage_poll_failed',
    contains: 'usage poll failed',
    fields: { credential: 'value', status: 'value', error_message: 'text', retry_seconds: 'number' },
  }),
  credentialCooling: logEvent({
    event: 'credential_cooling',
    contains: 'credential cooling',
    fields: { credential: 'value', reason: 'value', until: 'text' },
  }),
  credentialExpired: logEvent({
    event: 'credential_expired',
    contains: 'credential expired',
    fields: { credential: 'value' },
  }),
  credentialsLoaded: logEvent({
    event: 'credentials_loaded',
    contains: 'credentials loaded',
    fields: { count: 'number' },
  }),
  started: logEvent({
    event: 'proxy_started',
    contains: 'listening',
    fields: { version: 'value', port: 'number', metrics_port: 'number', mode: 'value' },
  }),
  draining: logEvent({
    event: 'proxy_draining',
    contains: 'draining',
    fields: { signal: 'value', in_flight: 'number', grace_seconds: 'number' },
  }),
  stopped: logEvent({
    event: 'proxy_stopped',
    contains: 'stopped',
    fields: { streams_cut: 'number', records_lost: 'number' },
  }),
  failed: logEvent({
    event: 'proxy_failed',
    contains: 'internal fault',
    fields: { part: 'value', error_message: 'text' },
  }),
} as const;
