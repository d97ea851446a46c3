import { describe, expect, test } from 'vitest';
import { AVOID_MS, type Circumstances, judge, MAX_MINUTE_LIMIT_MS } from '../../../proxy/pool/verdict.ts';
import { DAY, familyView, HOUR, MINUTE, NOON, type Reply, SECOND, unexplained, view } from './world.ts';

const U = 'anthropic-ratelimit-unified';

const verdictOf = (
  { status, headers = {}, type, message = '', windows = [] }: Reply,
  more: Partial<Circumstances> = {},
) =>
  judge(
    { status, headers, error: type === undefined ? null : { type, message } },
    { now: NOON, windows, family: 'sonnet', ...more },
  );

/** As the API reports it for an account. */
const EXCEEDED = "This request would exceed your account's rate limit. Please try again later.";

const limited = (headers: Record<string, string>, message = 'm', windows: Reply['windows'] = []) =>
  verdictOf({ status: 429, headers, type: 'rate_limit_error', message, windows });

describe('a 429 about the request', () => {
  test.each([
    ['asks for extra usage', { [`${U}-status`]: 'allowed' }, 'Extra usage is required for long context requests.'],
    ['asks for usage credits', {}, 'Usage credits are required for long context requests.'],
    ['asks for extra usage and names a time', { 'retry-after': '3600' }, 'Extra usage is required.'],
    ['explains nothing', {}, 'Error'],
    ['explains nothing beside limits with room', { 'anthropic-ratelimit-requests-remaining': '49' }, 'Error'],
    [
      'speaks of spend while the subscription is allowed',
      { [`${U}-status`]: 'allowed' },
      'Your organization has reached its spend limit',
    ],
  ])('that %s says nothing of the credential', (_, headers, message) => {
    expect(limited(headers, message)).toStrictEqual({ kind: 'none' });
  });
});

describe('a quota', () => {
  const rejected = {
    [`${U}-status`]: 'rejected',
    [`${U}-reset`]: String((NOON + 9 * HOUR) / SECOND),
    'retry-after': '9',
  };

  test.each([
    [
      'rejected',
      view('5h', { status: 'rejected', utilization: 97 }),
      `window 5h rejected until 2026-10-20T13:00:00.000Z`,
    ],
    [
      'full',
      view('7d', { utilization: 100, resetsAt: NOON + DAY }),
      'window 7d at 100 % until 2026-10-21T12:00:00.000Z',
    ],
    ['over its limit', view('7d', { utilization: 103.5, resetsAt: null }), 'window 7d at 103.5 %'],
    [
      'rejected for the family of the request',
      familyView('7d_sonnet', 'sonnet', { status: 'rejected' }),
      'window 7d_sonnet rejected until 2026-10-20T13:00:00.000Z',
    ],
  ])('is used up where a window is %s', (_, window, evidence) => {
    const verdict = limited(rejected, 'm', [view('other', { utilization: 20 }), window]);
    expect(verdict).toMatchObject({ kind: 'quota', evidence });
    expect('windows' in verdict && verdict.windows.map((one) => [one.window, one.resetsAt, one.at])).toStrictEqual([
      [window.window, window.resetsAt, NOON],
    ]);
  });

  test('names every window that is used up', () => {
    const windows = [view('5h', { status: 'rejected' }), view('7d', { utilization: 100 })];
    const verdict = limited(rejected, 'm', windows);
    expect('windows' in verdict && verdict.windows.map(({ window }) => window)).toStrictEqual(['5h', '7d']);
  });

  test.each([
    ['a window of another family', familyView('7d_oi', 'fable', { status: 'rejected' })],
    ['a window of which nobody knows what it counts', view('30d', { counts: null, status: 'rejected' })],
    ['a window that has elapsed', view('5h', { status: 'rejected', utilization: 100, elapsed: true })],
    ['a window at 99 %', view('5h', { utilization: 99 })],
  ])('is not concluded from %s', (_, window) => {
    expect(limited(rejected, 'm', [window])).toMatchObject({ kind: 'avoid', until: NOON + AVOID_MS });
  });

  test('is not concluded from windows with room, whatever the unified status, its reset and retry-after say', () => {
    expect(verdictOf(unexplained(), { family: 'fable' })).toStrictEqual({
      kind: 'avoid',
      until: NOON + 2 * MINUTE,
      evidence: '429 with anthropic-ratelimit-unified-status: rejected, and no window that is',
    });
  });

  test('is not concluded where paid usage goes on beyond a full window', () => {
    const over = view('5h', { utilization: 120, status: 'allowed' });
    expect(limited({ [`${U}-status`]: 'allowed', 'retry-after': '3' }, EXCEEDED, [over])).toMatchObject({
      kind: 'minute',
    });
    expect(limited({ 'retry-after': '3' }, EXCEEDED, [over])).toMatchObject({ kind: 'minute' });
  });
});

const WORDS = '429 rate_limit_error: rate limit exceeded';
const HAS_ROOM = 'while every limit by the minute has room';

describe('a limit by the minute', () => {
  test.each([
    ['retry-after', { 'retry-after': '7' }, 7 * SECOND, WORDS],
    ['retry-after-ms', { 'retry-after-ms': '2500' }, 2_500, WORDS],
    ['retry-after as a date', { 'retry-after': new Date(NOON + MINUTE).toUTCString() }, MINUTE, WORDS],
    ['a retry-after of nothing', { 'retry-after': '0' }, SECOND, WORDS],
    ['a retry-after of a week', { 'retry-after': '600000' }, MAX_MINUTE_LIMIT_MS, WORDS],
    ['a retry-after of an hour', { 'retry-after': '3600' }, MAX_MINUTE_LIMIT_MS, WORDS],
    [
      'a used-up limit and its reset',
      {
        'anthropic-fast-input-tokens-remaining': '0',
        'anthropic-fast-input-tokens-reset': new Date(NOON + 3 * SECOND).toISOString(),
        'anthropic-fast-output-tokens-remaining': '9',
        'anthropic-fast-output-tokens-reset': new Date(NOON + 9 * SECOND).toISOString(),
      },
      3 * SECOND,
      '429 with anthropic-fast-input-tokens-remaining: 0',
    ],
    [
      'a used-up limit whose reset is years away',
      {
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': '2099-01-01T00:00:00Z',
      },
      MAX_MINUTE_LIMIT_MS,
      '429 with anthropic-ratelimit-requests-remaining: 0',
    ],
    [
      'a used-up limit without a reset',
      { 'anthropic-priority-output-tokens-remaining': '0' },
      SECOND,
      '429 with anthropic-priority-output-tokens-remaining: 0',
    ],
  ])('lasts as %s says, a second at least and minutes at most', (_, headers, ms, evidence) => {
    expect(limited(headers, EXCEEDED)).toStrictEqual({ kind: 'minute', until: NOON + ms, evidence });
  });

  test.each([
    EXCEEDED,
    'This request would exceed the rate limit for your organization (0a1b) of 40,000 input tokens per minute.',
    'Number of request tokens has exceeded your per-minute rate limit (https://docs.claude.com/en/api/rate-limits)',
    'Number of concurrent connections has exceeded your rate limit. Please try again later.',
    'Your account has hit a rate limit.',
  ])('is known by the words of the API, also without a time: %s', (message) => {
    expect(limited({}, message)).toStrictEqual({ kind: 'minute', until: NOON + SECOND, evidence: WORDS });
    expect(limited({ 'retry-after': '9' }, message)).toMatchObject({ kind: 'minute', until: NOON + 9 * SECOND });
  });

  const ROOM = { 'anthropic-ratelimit-requests-remaining': '49', 'anthropic-ratelimit-input-tokens-remaining': '1' };

  test.each<[string, Record<string, string>, string, number, string]>([
    ['other words', { 'retry-after': '7' }, 'Try again', 7 * SECOND, 'with retry-after and no known words'],
    ['room in each limit', { ...ROOM, 'retry-after': '7' }, EXCEEDED, 7 * SECOND, HAS_ROOM],
    ['room in each limit and no time', ROOM, EXCEEDED, SECOND, HAS_ROOM],
    ['room in each limit and other words', { ...ROOM, 'retry-after': '600' }, 'Slow down', AVOID_MS, HAS_ROOM],
  ])('is not concluded from a refusal with %s, whose like go elsewhere if they can', (_, headers, message, ms, how) => {
    const evidence = `429 ${how}`;
    expect(limited(headers, message)).toStrictEqual({ kind: 'avoid', until: NOON + ms, evidence });
  });

  test.each<[string, Reply]>([
    ['a page in HTML', { status: 429, headers: { 'retry-after': '60' } }],
    [
      'an error of something between',
      { status: 429, headers: { 'retry-after': '60' }, type: 'throttled', message: EXCEEDED },
    ],
    ['a limit with room beside a page in HTML', { status: 429, headers: { ...ROOM, 'retry-after': '60' } }],
  ])('is not concluded from %s, which is the client’s', (_, reply) => {
    expect(verdictOf(reply)).toStrictEqual({ kind: 'none' });
  });

  test('is not concluded from an answer whose body did not come in time, whose like go elsewhere if they can', () => {
    const headers = { 'content-type': 'application/json; charset=utf-8', 'retry-after': '60' };
    expect(verdictOf({ status: 429, headers })).toStrictEqual({
      ...{ kind: 'avoid', until: NOON + MINUTE },
      evidence: '429 with retry-after and no known words',
    });
    expect(verdictOf({ status: 429, headers: { 'content-type': 'application/json' } })).toStrictEqual({ kind: 'none' });
  });

  test('that is used up counts without words and beside others with room', () => {
    const headers = { ...ROOM, 'anthropic-ratelimit-output-tokens-remaining': '0', 'retry-after': '7' };
    expect(verdictOf({ status: 429, headers })).toStrictEqual({
      ...{ kind: 'minute', until: NOON + 7 * SECOND },
      evidence: '429 with anthropic-ratelimit-output-tokens-remaining: 0',
    });
  });
});

describe('other errors', () => {
  test.each<[string, Reply, object]>([
    [
      'a low balance',
      { status: 400, type: 'invalid_request_error', message: 'Your credit balance is too low' },
      { kind: 'spend', evidence: '400 invalid_request_error: credit balance is too low' },
    ],
    [
      'a billing error',
      { status: 402, type: 'billing_error', message: 'pay' },
      { kind: 'spend', evidence: '402 billing_error' },
    ],
    [
      'a disabled organization',
      { status: 403, type: 'permission_error', message: 'This organization has been disabled.' },
      { kind: 'spend', evidence: '403 permission_error: organization has been disabled' },
    ],
    [
      'a spend limit with 429',
      { status: 429, type: 'rate_limit_error', message: 'Your workspace has reached its spend limit.' },
      { kind: 'spend', evidence: '429 rate_limit_error: spend limit reached' },
    ],
    [
      'a billing error about extra usage',
      { status: 402, type: 'billing_error', message: 'Extra usage is not enabled' },
      { kind: 'none' },
    ],
    [
      'words of a fault of the upstream',
      { status: 500, type: 'api_error', message: 'This organization has been disabled.' },
      { kind: 'none' },
    ],
    [
      'a revoked token',
      { status: 403, type: 'permission_error', message: 'OAuth token has been revoked.' },
      { kind: 'unauthorized', evidence: '403 permission_error: token has been revoked' },
    ],
    [
      'another 403',
      { status: 403, type: 'permission_error', message: 'Not allowed to use this model' },
      { kind: 'forbidden', evidence: '403 permission_error' },
    ],
    ['403 without a body', { status: 403 }, { kind: 'forbidden', evidence: '403' }],
    [
      '403 for extra usage',
      { status: 403, type: 'permission_error', message: 'Extra usage is required' },
      { kind: 'none' },
    ],
    ...[
      'This workspace has been archived.',
      'Workspace wrkspc_01 is archived',
      'Your account has been suspended',
      'This API key has been revoked.',
      'OAuth token was revoked',
      'API key is disabled',
      'Account is no longer a member of the organization',
    ].map((message): [string, Reply, object] => [
      `400 "${message}"`,
      { status: 400, type: 'invalid_request_error', message },
      { kind: 'forbidden', evidence: '400 invalid_request_error' },
    ]),
    ...[
      'messages.0.content: this workspace has been archived',
      'This request would quote: OAuth token has been revoked',
      'tools.3.name: "API key is disabled" is not a name',
      'account "x" is disabled',
    ].map((message): [string, Reply, object] => [
      `400 "${message}"`,
      { status: 400, type: 'invalid_request_error', message },
      { kind: 'none' },
    ]),
    [
      '401',
      { status: 401, type: 'authentication_error', message: 'invalid x-api-key' },
      { kind: 'unauthorized', evidence: '401 authentication_error' },
    ],
    ['401 without a body', { status: 401 }, { kind: 'unauthorized', evidence: '401' }],
    [
      '401 with a type of somebody else',
      { status: 401, type: 'Key sk-ant-api03-x' },
      { kind: 'unauthorized', evidence: '401 error' },
    ],
    ['529', { status: 529 }, { kind: 'overloaded', evidence: '529' }],
    [
      'an overload with another status',
      { status: 503, type: 'overloaded_error' },
      { kind: 'overloaded', evidence: '503 overloaded_error' },
    ],
    ['a bad request', { status: 400, type: 'invalid_request_error', message: 'messages: too short' }, { kind: 'none' }],
    ['a fault', { status: 500, type: 'api_error', message: 'Internal server error' }, { kind: 'none' }],
    ['an answer', { status: 200 }, { kind: 'none' }],
  ])('%s', (_, reply, verdict) => {
    expect(verdictOf(reply)).toStrictEqual(verdict);
  });
});
