import { contract, counter, gauge, histogram, recorded } from '../../metric.ts';
import {
  credential,
  direction,
  drainResult,
  errorType,
  foldedLabel,
  limitKind,
  model,
  nodeVersion,
  outcome,
  pollResult,
  reason,
  recordResult,
  refusal,
  source,
  state,
  statusCode,
  stream,
  ttl,
  version,
  window,
  windowLength,
} from './labels.ts';

const documented = contract();

/** Bounds from 10 ms to 15 minutes: Claude Code gives up after ten, so the last bucket still distinguishes 10 from 15. */
const DURATION_BUCKETS_MS = [
  10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000,
];

/** Bounds from 50 ms to 5 minutes: a stream silent for 300 s is aborted by the client. */
const FIRST_BYTE_BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 10, 15, 20, 30, 60, 120, 300];

/** Bounds around the promise of less than half a millisecond of added time. */
const OVERHEAD_BUCKETS_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** Powers of two from 1 KiB to 32 MiB, the largest body that the Messages API takes. */
const BODY_BUCKETS_BYTES = Array.from({ length: 16 }, (_, power) => 1_024 * 2 ** power);

/** The most series of `proxy_window_tokens` that a pod exports. */
export const MAX_WINDOW_TOKEN_SERIES = 5_000;

/** How much of a request's body is kept so that it can be tried again on another credential, in MiB. */
export const REPLAY_LIMITS_MIB = { request: 2, total: 64 } as const;

/** Every metric of the proxy. */
export const proxy = {
  utilization: documented.gauge({
    name: 'proxy_usage_utilization',
    help: 'How much of a rate-limit window is used, in percent; it can exceed 100.',
    unit: 'percent',
    labels: [window, credential],
    scope: 'account',
  }),
  resetsAt: documented.gauge({
    name: 'proxy_usage_resets_at',
    help: 'When a rate-limit window resets, in unix seconds.',
    unit: 'unixSeconds',
    labels: [window, credential],
    scope: 'account',
  }),
  usageAge: gauge({
    name: 'proxy_usage_age_seconds',
    help: 'How long ago the utilization was learned, by where from.',
    unit: 'seconds',
    labels: [window, credential, source],
    scope: 'account',
  }),
  resets: counter({
    name: 'proxy_usage_resets_total',
    help: 'Rate-limit windows that ended.',
    unit: 'events',
    labels: [window, credential],
  }),
  polls: counter({
    name: 'proxy_usage_polls_total',
    help: 'Polls of the usage endpoint, by how they ended.',
    unit: 'events',
    labels: [pollResult],
  }),
  extraUsageEnabled: gauge({
    name: 'proxy_extra_usage_enabled',
    help: 'Whether paid usage beyond the windows is switched on.',
    unit: 'state',
    labels: [credential],
    scope: 'account',
  }),
  extraUsageUsed: gauge({
    name: 'proxy_extra_usage_used_credits',
    help: 'Credits of extra usage spent this month.',
    unit: 'credits',
    labels: [credential],
    scope: 'account',
  }),
  extraUsageLimit: gauge({
    name: 'proxy_extra_usage_limit_credits',
    help: 'The monthly limit of extra usage in credits.',
    unit: 'credits',
    labels: [credential],
    scope: 'account',
  }),
  extraUsageUtilization: gauge({
    name: 'proxy_extra_usage_utilization_percent',
    help: 'How much of the extra usage is spent, in percent.',
    unit: 'percent',
    labels: [credential],
    scope: 'account',
  }),
  keyLimit: gauge({
    name: 'proxy_key_limit',
    help: 'A per-minute limit of an API key, in requests or tokens.',
    unit: 'items',
    labels: [credential, limitKind],
    scope: 'account',
  }),
  keyLimitRemaining: gauge({
    name: 'proxy_key_limit_remaining',
    help: 'What is left of a per-minute limit of an API key, in requests or tokens.',
    unit: 'items',
    labels: [credential, limitKind],
    scope: 'account',
  }),
  accountsUntracked: gauge({
    name: 'proxy_accounts_untracked',
    help: 'Accounts seen in the last two hours whose windows are not tracked, because there are too many.',
    unit: 'items',
    scope: 'instance',
  }),
  windowTokens: gauge({
    name: 'proxy_window_tokens',
    help: 'Tokens that this replica counted in the current rate-limit window.',
    unit: 'tokens',
    labels: [window, credential, model, direction],
    scope: 'instance',
  }),
  windowTokensSince: gauge({
    name: 'proxy_window_tokens_since_seconds',
    help: 'From when on this replica counted the window’s tokens, in unix seconds; later than the window’s start means a partial count.',
    unit: 'unixSeconds',
    labels: [window, credential],
    scope: 'instance',
  }),
  requests: documented.counter({
    name: 'proxy_request_count_total',
    help: 'Requests answered, by the status code that the client received.',
    unit: 'requests',
    labels: [stream, statusCode],
  }),
  outcomes: counter({
    name: 'proxy_request_outcomes_total',
    help: 'Requests, by how they ended.',
    unit: 'requests',
    labels: [outcome],
  }),
  refusals: counter({
    name: 'proxy_refusals_total',
    help: 'Requests that the proxy answered itself instead of forwarding them, by reason.',
    unit: 'requests',
    labels: [refusal],
  }),
  usageUnknown: counter({
    name: 'proxy_usage_unknown_total',
    help: 'Successful answers of billed endpoints whose usage could not be read; their cost is not known.',
    unit: 'requests',
  }),
  upstreamErrors: documented.counter({
    name: 'proxy_upstream_errors_total',
    help: 'Errors that attempts at the upstream met, by kind.',
    unit: 'errors',
    labels: [errorType],
  }),
  requestDuration: documented.histogram({
    name: 'proxy_request_duration_ms_milliseconds',
    help: 'Time from the request’s first byte to the answer’s last, in milliseconds.',
    unit: 'milliseconds',
    labels: [stream],
    buckets: DURATION_BUCKETS_MS,
  }),
  timeToFirstByte: histogram({
    name: 'proxy_time_to_first_byte_seconds',
    help: 'Time from the request’s first byte to the answer’s first.',
    unit: 'seconds',
    labels: [stream],
    buckets: FIRST_BYTE_BUCKETS_SECONDS,
  }),
  overhead: histogram({
    name: 'proxy_overhead_seconds',
    help: 'Time that a request spent in the proxy itself.',
    unit: 'seconds',
    buckets: OVERHEAD_BUCKETS_SECONDS,
  }),
  requestBodySize: documented.histogram({
    name: 'proxy_request_body_size_bytes',
    help: 'Size of request bodies.',
    unit: 'bytes',
    buckets: BODY_BUCKETS_BYTES,
  }),
  requestsInFlight: gauge({
    name: 'proxy_requests_in_flight',
    help: 'Requests that are being answered.',
    unit: 'requests',
    labels: [stream],
    scope: 'instance',
  }),
  cooldowns: documented.counter({
    name: 'proxy_credential_cooldowns_total',
    help: 'Times a credential went into cooldown, by reason.',
    unit: 'events',
    labels: [credential, reason],
  }),
  credentialState: gauge({
    name: 'proxy_credential_state',
    help: 'The state of a credential on this replica: 1 for the one that holds, 0 for the others.',
    unit: 'state',
    labels: [credential, state],
    scope: 'instance',
  }),
  tokensInput: documented.counter({
    name: 'proxy_tokens_input_total',
    help: 'Input tokens that no cache served.',
    unit: 'tokens',
    labels: [model],
  }),
  tokensOutput: documented.counter({
    name: 'proxy_tokens_output_total',
    help: 'Output tokens.',
    unit: 'tokens',
    labels: [model],
  }),
  tokensCacheRead: counter({
    name: 'proxy_tokens_cache_read_total',
    help: 'Input tokens read from the prompt cache.',
    unit: 'tokens',
    labels: [model],
  }),
  tokensCacheWrite: counter({
    name: 'proxy_tokens_cache_write_total',
    help: 'Input tokens written to the prompt cache, by lifetime.',
    unit: 'tokens',
    labels: [model, ttl],
  }),
  cost: counter({
    name: 'proxy_cost_usd_total',
    help: 'Cost of the tokens at list prices, in USD.',
    unit: 'usd',
    labels: [model],
  }),
  unpricedTokens: counter({
    name: 'proxy_unpriced_tokens_total',
    help: 'Tokens without a known price: of an unknown model, or of a known one in a mode that has no price.',
    unit: 'tokens',
    labels: [direction],
  }),
  drains: counter({
    name: 'proxy_drains_total',
    help: 'Streams read on after their client had left, by whether their end was reached.',
    unit: 'events',
    labels: [drainResult],
  }),
  usageRecords: counter({
    name: 'proxy_usage_records_total',
    help: 'Usage records, by what became of them.',
    unit: 'events',
    labels: [recordResult],
  }),
  logLinesDropped: counter({
    name: 'proxy_log_lines_dropped_total',
    help: 'Log lines that were dropped because standard output was not read.',
    unit: 'events',
  }),
  labelsFolded: counter({
    name: 'proxy_labels_folded_total',
    help: 'Label values that were folded or dropped because of a cap.',
    unit: 'events',
    labels: [foldedLabel],
  }),
  buildInfo: gauge({
    name: 'proxy_build_info',
    help: 'The running version of the proxy; always 1.',
    unit: 'info',
    labels: [version, nodeVersion],
    scope: 'instance',
  }),
} as const;

/** Series that our rules record from the proxy's metrics. */
export const proxyRecorded = {
  /** Utilization in percent as the replicas say that know of the window's present period. */
  currentUtilization: recorded({
    name: 'window_credential:proxy_usage_utilization:current',
    help: 'How much of the window is used, by the replicas that know of its present period, in percent.',
    unit: 'percent',
    labels: [window, credential],
  }),
  /** Utilization at the window's end if it goes on as it does, in percent; present only while a forecast makes sense. */
  projectedUtilization: recorded({
    name: 'window_credential:proxy_usage_utilization:projected_at_reset',
    help: 'Utilization that the window will have when it resets, in percent.',
    unit: 'percent',
    labels: [window, credential, windowLength],
  }),
} as const;
