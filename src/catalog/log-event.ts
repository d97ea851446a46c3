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

/** Lines of the proxy that dashboards and annotations read. */
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
      tokens: 'object',
      cost_usd: 'number',
      request_id: 'text',
    },
  }),
  upstreamError: logEvent({
    event: 'upstream_error',
    contains: 'upstream error',
    fields: { status: 'value', error_type: 'value', error_message: 'text', credential: 'value', request_id: 'text' },
  }),
  windowReset: logEvent({
    event: 'window_reset',
    contains: 'window reset',
    fields: { window: 'value', credential: 'value' },
  }),
  windowHigh: logEvent({
    event: 'window_high',
    contains: 'utilization high',
    fields: { window: 'value', credential: 'value', utilization: 'number' },
  }),
} as const;
