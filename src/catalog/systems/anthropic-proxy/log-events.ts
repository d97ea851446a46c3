import { logEvent } from '../../log-event.ts';

/** The value of the stream label `service_name` of every line of the proxy. */
export const LOG_SERVICE = 'anthropic-proxy';

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
    fields: { credential: 'value', reason: 'value', until: 'text', evidence: 'text' },
  }),
  credentialReady: logEvent({
    event: 'credential_ready',
    contains: 'credential ready',
    fields: { credential: 'value', evidence: 'text' },
  }),
  credentialExpired: logEvent({
    event: 'credential_expired',
    contains: 'credential expired',
    fields: { credential: 'value', evidence: 'text' },
  }),
  credentialsLoaded: logEvent({
    event: 'credentials_loaded',
    contains: 'credentials loaded',
    fields: { count: 'number' },
  }),
  requestsRefused: logEvent({
    event: 'requests_refused',
    contains: 'requests refused',
    fields: { reason: 'value', status: 'value', method: 'value', path: 'value', count: 'number' },
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
