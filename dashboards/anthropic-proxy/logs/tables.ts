import {
  LOG_EVENTS,
  LOGS_PANELS as PANELS,
  ANTHROPIC_PROXY_PANELS as PROXY_PANELS,
  proxy,
  RATE_LIMITED,
} from '#catalog';
import { atLeast, json, not, where } from '#logql';
import { countOf, logTable, toPanel, unitOf } from '../../house/index.ts';
import { CREDENTIAL, CREDENTIAL_AND_MODEL, linesOf } from './chosen.ts';
import { CREDENTIAL_COLUMN, MODEL_COLUMN, REQUEST_COLUMN } from './columns.ts';
import { VARIABLE_NAMES } from './variables.ts';

const MILLISECONDS = unitOf(proxy.requestDuration);

const errorLines = () =>
  json(linesOf(LOG_EVENTS.upstreamError), ['error_type', 'error_message', 'attempt', 'request_id']);

/** Failed attempts at the upstream, except rate-limited ones. */
export const upstreamErrors = () =>
  logTable({
    panel: PANELS.upstreamErrors,
    title: 'Upstream errors',
    description:
      'Failed attempts at the upstream, with the error message; 429s are in the next panel. If a later attempt succeeded, the ' +
      'client did not notice. overloaded and api_error come from the upstream: check its status page. dns, tls, connect and ' +
      'reset come from the network. authentication: check the credential. Click a request to see all its lines.',
    query: where(errorLines(), { status: not(RATE_LIMITED), ...CREDENTIAL }),
    columns: [
      { field: 'error_type', title: 'Type', width: 140 },
      { field: 'status', title: 'Status', width: 80 },
      CREDENTIAL_COLUMN,
      { field: 'attempt', title: 'Attempt', unit: countOf('attempts'), width: 80 },
      { field: 'error_message', title: 'Message' },
      REQUEST_COLUMN,
    ],
    links: [
      toPanel('Errors by type', PROXY_PANELS.upstreamErrorsByType),
      toPanel('Error rate', PROXY_PANELS.errorRate),
    ],
    noValue: 'No upstream errors',
  });

/** Attempts that the upstream rate-limited, and why. */
export const rateLimits = () =>
  logTable({
    panel: PANELS.rateLimits,
    title: '429s',
    description:
      'Attempts that the upstream rate-limited, with the error message. rate_limit_quota: a window is used up until it ' +
      'resets, see "Utilization Over Time". rate_limit_minute: too many requests at once; spread the load. rate_limit_spend: ' +
      'the account’s own spending limit; raise it with the provider.',
    query: where(errorLines(), { status: RATE_LIMITED, ...CREDENTIAL }),
    columns: [
      { field: 'error_type', title: 'Type', width: 140 },
      CREDENTIAL_COLUMN,
      { field: 'attempt', title: 'Attempt', unit: countOf('attempts'), width: 80 },
      { field: 'error_message', title: 'Message' },
      REQUEST_COLUMN,
    ],
    links: [
      toPanel('Rate-limited share', PROXY_PANELS.rateLimitedShare),
      toPanel('Utilization', PROXY_PANELS.utilizationOverTime),
    ],
    noValue: 'No 429s',
  });

/** Requests that took long. */
export const slowRequests = () =>
  logTable({
    panel: PANELS.slowRequests,
    title: 'Slow requests',
    description:
      'The latest requests that took at least as long as "Slow from" above, slowest first. A late first byte: the upstream is ' +
      'slow, or the prompt is long. An early first byte and many output tokens: just a long response. The same credential or ' +
      'model in every row: click it. Click a request to see all its lines.',
    query: where(json(linesOf(LOG_EVENTS.requestFinished), ['duration', 'ttfb', 'stream', 'outcome', 'request_id']), {
      duration: atLeast(`$${VARIABLE_NAMES.slow}`),
      ...CREDENTIAL_AND_MODEL,
    }),
    columns: [
      { field: 'duration', title: 'Duration', unit: MILLISECONDS, width: 110 },
      { field: 'ttfb', title: 'First byte', unit: MILLISECONDS, width: 110 },
      MODEL_COLUMN,
      CREDENTIAL_COLUMN,
      { field: 'status', title: 'Status', width: 80 },
      { field: 'outcome', title: 'Outcome', width: 170 },
      { field: 'stream', title: 'Stream', width: 80 },
      { field: 'input_tokens', title: 'Input tokens', unit: countOf('tokens'), width: 110 },
      { field: 'output_tokens', title: 'Output tokens', unit: countOf('tokens'), width: 110 },
      REQUEST_COLUMN,
    ],
    greatestFirst: 'Duration',
    links: [
      toPanel('Request latency', PROXY_PANELS.requestLatency),
      toPanel('Time to first byte', PROXY_PANELS.timeToFirstByte),
    ],
    noValue: 'No slow requests',
  });

/** Windows that ended, and the tokens used in them. */
export const windowResets = () =>
  logTable({
    panel: PANELS.windowResets,
    title: 'Window resets',
    description:
      'Rate-limit windows that have ended, with the tokens that one replica counted in them; each replica writes a line of ' +
      'its own. Normal: one reset every five hours and one every seven days for each credential in use. A reset long before ' +
      'its time comes from the provider; the line shows when the window should have ended.',
    query: where(
      json(linesOf(LOG_EVENTS.windowReset), ['window', 'prev_tokens_in', 'prev_tokens_out', 'old_reset', 'new_reset']),
      CREDENTIAL,
    ),
    columns: [
      { field: 'window', title: 'Window', width: 90 },
      CREDENTIAL_COLUMN,
      { field: 'prev_tokens_in', title: 'Input tokens', unit: countOf('tokens'), width: 110 },
      { field: 'prev_tokens_out', title: 'Output tokens', unit: countOf('tokens'), width: 110 },
      { field: 'old_reset', title: 'Scheduled end' },
      { field: 'new_reset', title: 'Next reset' },
    ],
    links: [
      toPanel('Utilization', PROXY_PANELS.utilizationOverTime),
      toPanel('Current window tokens', PROXY_PANELS.windowTokens5h),
    ],
    noValue: 'No resets',
  });

/** Credentials that went into cooldown. */
export const cooldowns = () =>
  logTable({
    panel: PANELS.cooldowns,
    title: 'Cooldowns',
    description:
      'Credentials that went into cooldown, why, until when, and what in the upstream’s answer it was concluded from. Occasional cooldowns are normal. quota: the credential’s ' +
      'window is used up. minute: too many requests at once. overloaded: the upstream is overloaded; the credential is fine. ' +
      'The same credential again and again: it gets more load than the others; add a credential to the pool. Empty without a ' +
      'pool.',
    query: where(json(linesOf(LOG_EVENTS.credentialCooling), ['reason', 'until', 'evidence']), CREDENTIAL),
    columns: [
      CREDENTIAL_COLUMN,
      { field: 'reason', title: 'Reason', width: 120 },
      { field: 'until', title: 'Until', width: 220 },
      { field: 'evidence', title: 'Evidence' },
    ],
    links: [
      toPanel('Credential state', PROXY_PANELS.credentialState),
      toPanel('Number of cooldowns', PROXY_PANELS.credentialCooldowns),
    ],
    noValue: 'No cooldowns',
  });
