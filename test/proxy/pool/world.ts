import type { ModelFamily } from '#catalog';
import { type Credential, parseCredential } from '../../../proxy/credentials/credential.ts';
import type { AttemptAnswer, CredentialRefusal, RequestFacts } from '../../../proxy/credentials/strategy.ts';
import type { UpstreamReply } from '../../../proxy/credentials/upstream-call.ts';
import { createPool, type Pool, type PoolOptions } from '../../../proxy/pool/pool.ts';
import { createPoolStrategy } from '../../../proxy/pool/pool-strategy.ts';
import type { WindowView } from '../../../proxy/pool/window-view.ts';
import { type ManualTime, manualTime } from '../../support/manual-time.ts';

export const NOON = Date.UTC(2026, 9, 20, 12);
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const U = 'anthropic-ratelimit-unified';

/** A credential of a file; an OAuth token unless the secret is given. */
export const credential = (id: string, secret = `sk-ant-oat01-${id}`): Credential => {
  const parsed = parseCredential(id, secret);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
};

/** A window as the tracker knows it. */
export const view = (window: string, known: Partial<WindowView> = {}): WindowView => ({
  window,
  ...{ counts: 'all', utilization: null, resetsAt: NOON + HOUR, status: null, elapsed: false },
  ...known,
});

/** A window of one family of models. */
export const familyView = (window: string, counts: ModelFamily, known: Partial<WindowView> = {}): WindowView =>
  view(window, { counts, ...known });

/** An answer of the upstream, and the windows of the credential that the tracker knows after it. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly message?: string;
  readonly windows?: readonly WindowView[];
}

export const OK: Reply = { status: 200 };
export const OVERLOADED: Reply = { status: 529, type: 'overloaded_error', message: 'Overloaded' };
export const UNAUTHORIZED: Reply = { status: 401, type: 'authentication_error', message: 'invalid x-api-key' };
export const REVOKED: Reply = {
  ...{ status: 403, type: 'permission_error' },
  message: 'OAuth token has been revoked. Please obtain a new token.',
};
export const LOW_CREDIT: Reply = {
  ...{ status: 400, type: 'invalid_request_error' },
  message: 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.',
};
export const INVALID: Reply = {
  ...{ status: 400, type: 'invalid_request_error' },
  message: 'messages: at least one message is required',
};

/** A 429 of a limit by the minute. */
export const minute = (seconds: number): Reply => ({
  ...{ status: 429, headers: { 'retry-after': String(seconds) }, type: 'rate_limit_error' },
  message: "This request would exceed your account's rate limit.",
});

/** A 429 of a used-up subscription, with the windows as they are then. */
export const quota = (...windows: readonly WindowView[]): Reply => ({
  ...{ status: 429, headers: { [`${U}-status`]: 'rejected' }, type: 'rate_limit_error', message: 'Rate limited' },
  windows,
});

/** A 429 whose unified status is `rejected` while each window has room. */
export const unexplained = (): Reply => ({
  status: 429,
  headers: {
    [`${U}-status`]: 'rejected',
    [`${U}-reset`]: String((NOON + 4 * DAY) / SECOND),
    'retry-after': '97200',
  },
  type: 'rate_limit_error',
  message: 'Rate limited',
  windows: [
    view('5h', { utilization: 11, status: 'allowed' }),
    view('7d', { utilization: 4, status: 'allowed', resetsAt: NOON + 4 * DAY }),
    familyView('7d_oi', 'fable', { utilization: 0, status: 'allowed', resetsAt: NOON + 4 * DAY }),
  ],
});

/** What a test may ask for. */
export interface Asked {
  readonly session?: string | null;
  readonly client?: string;
  readonly endpoint?: RequestFacts['endpoint'];
  readonly model?: string | null;
  readonly path?: string;
  /** Whether the body can be sent again. @default true */
  readonly canRepeat?: boolean;
}

/** What became of a request. */
export interface Served {
  /** The status of the answer that the client got; null where the pool refused. */
  readonly status: number | null;
  readonly refusal: CredentialRefusal | null;
  /** The ids of the credentials that it was sent with, attempt by attempt. */
  readonly sent: readonly string[];
  readonly waitedMs: number;
}

/** Answers an attempt. */
export type Upstream = (id: string, attempt: number, secret: string) => Reply;

type Step = { readonly kind: 'wait'; readonly ms: number } | { readonly kind: 'send'; readonly id: string };

/** A pool with a scripted upstream, a tracker that knows what the test says, and a clock that the test sets. */
export interface World {
  readonly pool: Pool;
  readonly time: ManualTime;
  /** Sets the clock of the machine off by so many milliseconds; the monotonic clock and the timers go on. */
  skew(ms: number): void;
  /** What the pool has reported, with times from noon on. */
  readonly events: unknown[];
  readonly changes: () => number;
  /** The windows that the tracker knows, by credential. */
  readonly windows: Map<string, readonly WindowView[]>;
  /** The ids of the credentials that were probed. */
  readonly probed: string[];
  /** How probes are answered, by credential; 400 where nothing is given, null for no answer. */
  readonly probeReplies: Map<string, Reply | null>;
  /** Serves a request; waits pass at once. */
  request(asked: Asked, upstream: Upstream): Served;
  /** Serves a request whose waits and answers take time; the clock has to be advanced. */
  requestInTime(asked: Asked, upstream: Upstream, latencyMs: number): Promise<Served>;
  state(id: string): string | undefined;
  load(ids: readonly (string | Credential)[], problems?: readonly string[]): void;
}

const factsOf = (asked: Asked): RequestFacts => ({
  headers: { 'x-api-key': asked.client ?? 'client' },
  remoteAddress: '192.0.2.1',
  session: asked.session === undefined ? 'session' : asked.session,
  endpoint: asked.endpoint ?? 'messages',
  method: 'POST',
  path: asked.path ?? '/v1/messages',
  model: asked.model === undefined ? 'claude-sonnet-4-5' : asked.model,
});

const answerOf = ({ status, headers = {}, type, message = '' }: Reply): AttemptAnswer => ({
  ...{ status, headers },
  error: type === undefined ? null : { type, message },
});

const secretOf = (headers: Readonly<Record<string, string>> | undefined): string =>
  headers?.['x-api-key'] ?? headers?.authorization?.replace('Bearer ', '') ?? '';

export const openWorld = (
  ids: readonly string[] = ['alpha', 'beta', 'gamma'],
  options: Partial<PoolOptions> = {},
): World => {
  const time = manualTime(NOON);
  let skewMs = 0;
  const clock = { now: () => time.clock.now() + skewMs, monotonic: () => time.clock.monotonic() };
  const events: unknown[] = [];
  const windows = new Map<string, readonly WindowView[]>();
  const probed: string[] = [];
  const probeReplies = new Map<string, Reply | null>();
  let changes = 0;
  const probe = async (headers: Readonly<Record<string, string>>): Promise<UpstreamReply> => {
    const id = secretOf(headers).replace(/^sk-ant-(?:oat01|api03)-/, '');
    probed.push(id);
    const reply = probeReplies.get(id);
    if (reply === null) throw new Error('no answer');
    const { status, headers: answered = {}, type, message = '' } = reply ?? INVALID;
    return { status, headers: answered, body: type === undefined ? null : { type: 'error', error: { type, message } } };
  };
  const pool = createPool({
    ...{ clock, timers: time.timers, random: () => 0 },
    windowsOf: (id) =>
      (windows.get(id) ?? []).map((one) => ({
        ...one,
        elapsed: one.elapsed || (one.resetsAt !== null && one.resetsAt <= time.clock.now()),
      })),
    call: ({ credential: headers }) => probe(headers),
    events: {
      onCooldown: ({ credential: id, reason, until }) => events.push(['cooldown', id, reason, until - NOON]),
      onExpired: ({ credential: id }) => events.push(['expired', id]),
      onReady: ({ credential: id }) => events.push(['ready', id]),
      onRemoved: ({ credential: id }) => events.push(['removed', id]),
      onChange: () => {
        changes += 1;
      },
    },
    ...options,
  });

  function* serve(asked: Asked, upstream: Upstream): Generator<Step, Served, void> {
    const turn = createPoolStrategy(pool).open(factsOf(asked));
    const sent: string[] = [];
    let waitedMs = 0;
    for (;;) {
      const next = turn.next();
      if (next.kind === 'refuse') return { status: null, refusal: next.refusal, sent, waitedMs };
      if (next.kind === 'wait') {
        waitedMs += next.ms;
        yield next;
        continue;
      }
      const id = next.credential ?? '';
      sent.push(id);
      yield { kind: 'send', id };
      const reply = upstream(id, sent.length, secretOf(next.headers));
      if (reply.windows !== undefined) windows.set(id, reply.windows);
      const answer = answerOf(reply);
      const verdict = turn.answered(answer.status, answer.headers);
      if (verdict === 'pass' || turn.judge(answer, asked.canRepeat ?? true) === 'pass') {
        return { status: reply.status, refusal: null, sent, waitedMs };
      }
    }
  }

  const load = (given: readonly (string | Credential)[], problems: readonly string[] = []) =>
    pool.reload({ credentials: given.map((one) => (typeof one === 'string' ? credential(one) : one)), problems });
  load(ids);
  changes = 0;
  return {
    ...{ pool, time, events, windows, probed, probeReplies, load },
    changes: () => changes,
    skew(ms) {
      skewMs = ms;
    },
    request(asked, upstream) {
      const course = serve(asked, upstream);
      for (;;) {
        const step = course.next();
        if (step.done === true) return step.value;
        if (step.value.kind === 'wait') time.set(time.clock.now() + step.value.ms);
      }
    },
    async requestInTime(asked, upstream, latencyMs) {
      const course = serve(asked, upstream);
      for (;;) {
        const step = course.next();
        if (step.done === true) return step.value;
        const ms = step.value.kind === 'wait' ? step.value.ms : latencyMs;
        await new Promise<void>((resolve) => time.timers.after(ms, resolve));
      }
    },
    state: (id) => pool.states().find((one) => one.id === id)?.state,
  };
};

/** Sessions whose own credential is the given one. */
export const sessionsAt = (world: World, id: string, count = 300): readonly string[] =>
  Array.from({ length: count }, (_, index) => `session ${index}`).filter(
    (session) => world.request({ session }, () => OK).sent[0] === id,
  );
