import { capped, closed, open } from '../../label.ts';
import { MODEL_IDS, type ModelId } from '../../price.ts';
import { WINDOW_NAMES, type WindowName } from '../../window.ts';
import { ERROR_TYPES, OTHER, STATUS_CODES } from './answers.ts';

/** Whether the client asked for a stream. */
export const stream = closed('stream', ['true', 'false'], 'Whether the client asked for a stream.');

/** The status code that the client received. */
export const statusCode = closed(
  'status_code',
  STATUS_CODES,
  'The status code that the client received; 499: it left before the head.',
);

/** The kind of error that an upstream attempt met. */
export const errorType = closed('error_type', ERROR_TYPES, 'The kind of error that an attempt at the upstream met.');

/** A model of the price table, or `other`. */
export const model = closed(
  'model',
  [...MODEL_IDS, OTHER] as readonly (ModelId | typeof OTHER)[],
  'The model that answered, as the price table names it.',
);

/** A credential: a pool file's name, or a short keyed hash of the client's own. */
export const credential = open(
  'credential',
  'The upstream credential: its name in the pool, or a short keyed hash of the client’s own.',
  {
    cap: 100,
    overflow: OTHER,
  },
);

/** A rate-limit window; names beyond the known ones appear at run time. */
export const window = capped('window', WINDOW_NAMES as readonly WindowName[], 'The rate-limit window.', { cap: 16 });

/** What a token was. */
export const direction = closed('direction', ['input', 'output', 'cache_read', 'cache_write'], 'What the token was.');

/** How long a cache write lives. */
export const ttl = closed('ttl', ['5m', '1h'], 'The lifetime of the cache entry.');

/** How a request ended. */
export const outcome = closed(
  'outcome',
  [
    'finished',
    'client_gone_before_head',
    'client_gone_mid_stream',
    'upstream_error_before_head',
    'upstream_error_mid_stream',
    'upstream_incomplete',
    'rejected',
    'shutdown',
  ],
  'How the request ended.',
);

/** Where a utilization figure came from. */
export const source = closed(
  'source',
  ['header', 'poll', 'elapsed'],
  'Where the figure came from; elapsed: its window is over.',
);

/** Why a credential went into cooldown. */
export const reason = closed(
  'reason',
  ['quota', 'minute', 'spend', 'overloaded'],
  'Why the credential went into cooldown.',
);

/** Why the proxy answered a request itself instead of forwarding it. */
export const refusal = closed(
  'reason',
  [
    'bad_request',
    'forbidden',
    'not_found',
    'method_not_allowed',
    'request_timeout',
    'too_large',
    'head_too_large',
    'expectation_failed',
    'rate_limited',
    'no_credential',
    'overloaded',
    'shutting_down',
  ],
  'Why the proxy refused the request.',
);

/** What a per-minute limit of an API key counts. */
export const limitKind = closed(
  'kind',
  ['requests', 'tokens', 'input_tokens', 'output_tokens'],
  'What the per-minute limit counts.',
);

/** The states of a credential. */
export const state = closed('state', ['ready', 'cooling', 'expired'], 'The state of the credential.');

/** How a poll of the usage endpoint ended. */
export const pollResult = closed('result', ['ok', 'rate_limited', 'forbidden', 'error'], 'How the poll ended.');

/** How the drain of an abandoned stream ended. */
export const drainResult = closed(
  'result',
  ['complete', 'cut_short'],
  'Whether the abandoned stream was read to its end.',
);

/** What became of a usage record. */
export const recordResult = closed('result', ['written', 'dropped'], 'What became of the usage record.');

/** The label whose value was folded into `other` or dropped. */
export const foldedLabel = closed(
  'label',
  ['model', 'credential', 'window', 'status_code', 'error_type'],
  'The label whose value was folded.',
);

/** The version of the proxy. */
export const version = open('version', 'The version of the proxy.', { cap: 1 });

/** The version of Node.js that runs the proxy. */
export const nodeVersion = open('node_version', 'The version of Node.js that runs the proxy.', { cap: 1 });

/** The length of the windows that a forecast covers. */
export const windowLength = closed('length', ['5h', '7d'], 'The length of the window that the forecast covers.');
