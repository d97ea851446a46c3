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

/** What attempts at the upstream met, rate limits left out. */
export const upstreamErrors = () =>
  logTable({
    panel: PANELS.upstreamErrors,
    title: 'Upstream errors',
    description:
      'Attempts at the upstream that failed, with what it said; 429s stand beside. An attempt below the last one was hidden from ' +
      'the client by a retry. overloaded and api_error are the upstream’s: see its status page. dns, tls, connect and reset are ' +
      'the network’s. authentication is the credential. Click a request to see all its lines.',
    query: where(errorLines(), { status: not(RATE_LIMITED), ...CREDENTIAL }),
    columns: [
      { field: 'error_type', title: 'Kind', width: 140 },
      { field: 'status', title: 'Status', width: 80 },
      CREDENTIAL_COLUMN,
      { field: 'attempt', title: 'Attempt', unit: countOf('attempts'), width: 80 },
      { field: 'error_message', title: 'Message' },
      REQUEST_COLUMN,
    ],
    links: [
      toPanel('How many', PROXY_PANELS.upstreamErrorsByType),
      toPanel('What clients get', PROXY_PANELS.errorRate),
    ],
    noValue: 'No upstream errors',
  });

/** Who was told to wait, and why. */
export const rateLimits = () =>
  logTable({
    panel: PANELS.rateLimits,
    title: '429s',
    description:
      'Attempts that the upstream refused because of a limit, with what it said. rate_limit_quota: a window is used up until it ' +
      'resets, see "Utilization Over Time". rate_limit_minute: too much at once; spread the load. rate_limit_spend: the account’s ' +
      'own limit; raise it at the provider.',
    query: where(errorLines(), { status: RATE_LIMITED, ...CREDENTIAL }),
    columns: [
      { field: 'error_type', title: 'Kind', width: 140 },
      CREDENTIAL_COLUMN,
      { field: 'attempt', title: 'Attempt', unit: countOf('attempts'), width: 80 },
      { field: 'error_message', title: 'Message' },
      REQUEST_COLUMN,
    ],
    links: [
      toPanel('How many', PROXY_PANELS.rateLimitedShare),
      toPanel('Utilization of the windows', PROXY_PANELS.utilizationOverTime),
    ],
    noValue: 'No 429s',
  });

/** Which requests took long. */
export const slowRequests = () =>
  logTable({
    panel: PANELS.slowRequests,
    title: 'Slow requests',
    description:
      'The newest requests that took at least as long as chosen above under "Slow from", slowest first. A late first byte: the ' +
      'upstream is slow, or the prompt is long. A first byte in time and many output tokens: just a long answer. The same ' +
      'credential or model everywhere: click it. Click a request to see all its lines.',
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
      { field: 'outcome', title: 'How it ended', width: 170 },
      { field: 'stream', title: 'Stream', width: 80 },
      { field: 'input_tokens', title: 'Input tokens', unit: countOf('tokens'), width: 110 },
      { field: 'output_tokens', title: 'Output tokens', unit: countOf('tokens'), width: 110 },
      REQUEST_COLUMN,
    ],
    greatestFirst: 'Duration',
    links: [
      toPanel('Latency of all requests', PROXY_PANELS.requestLatency),
      toPanel('Time to first byte', PROXY_PANELS.timeToFirstByte),
    ],
    noValue: 'No request took that long',
  });

/** Which windows ended, and what was used in them. */
export const windowResets = () =>
  logTable({
    panel: PANELS.windowResets,
    title: 'Window resets',
    description:
      'Rate-limit windows that ended, with the tokens that one replica had counted in them, so there is a line of each replica. ' +
      'Normal: one every five hours and one every seven days for each credential in use. A reset long before its time was made ' +
      'by the provider: the old time of its end stands there.',
    query: where(
      json(linesOf(LOG_EVENTS.windowReset), ['window', 'prev_tokens_in', 'prev_tokens_out', 'old_reset', 'new_reset']),
      CREDENTIAL,
    ),
    columns: [
      { field: 'window', title: 'Window', width: 90 },
      CREDENTIAL_COLUMN,
      { field: 'prev_tokens_in', title: 'Input tokens', unit: countOf('tokens'), width: 110 },
      { field: 'prev_tokens_out', title: 'Output tokens', unit: countOf('tokens'), width: 110 },
      { field: 'old_reset', title: 'Was to end' },
      { field: 'new_reset', title: 'Next end' },
    ],
    links: [
      toPanel('Utilization', PROXY_PANELS.utilizationOverTime),
      toPanel('Tokens now', PROXY_PANELS.windowTokens5h),
    ],
    noValue: 'No window has ended',
  });

/** Which credentials were put aside. */
export const cooldowns = () =>
  logTable({
    panel: PANELS.cooldowns,
    title: 'Cooldowns',
    description:
      'Credentials that were put aside, why, and until when. Single ones are the pool at work. quota: its window is used up. ' +
      'minute: it carried too much at once. overloaded: the upstream’s trouble, not the credential’s. One credential again and ' +
      'again: it carries more than the others; give the pool another. Without a pool there are none.',
    query: where(json(linesOf(LOG_EVENTS.credentialCooling), ['reason', 'until']), CREDENTIAL),
    columns: [CREDENTIAL_COLUMN, { field: 'reason', title: 'Why', width: 120 }, { field: 'until', title: 'Until' }],
    links: [
      toPanel('State of the credentials', PROXY_PANELS.credentialState),
      toPanel('How many', PROXY_PANELS.credentialCooldowns),
    ],
    noValue: 'No credential was put aside',
  });
