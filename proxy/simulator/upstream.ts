import type { IncomingMessage, ServerResponse } from 'node:http';
import { RATE_LIMIT_WINDOWS, type WindowName } from '#catalog';
import { Account } from './account.ts';
import { Batches } from './batches.ts';
import { type Caller, callerOf } from './caller.ts';
import { replyOf } from './faults.ts';
import { jsonOf, type MessageRequest, messageFor } from './message.ts';
import { chance, digits, draw, pick } from './random.ts';
import { failure, json, type Reply, send } from './reply.ts';
import { type Conditions, conditionsOf, type Fault, type Scenario } from './scenario.ts';
import { breakMessage, breakOff, pause, streamMessage } from './stream.ts';

/** What an upstream is made of. */
export interface UpstreamOptions {
  readonly seed: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Windows are this many times shorter than real ones. */
  readonly windowDivisor: number;
  /** Answers come this many times faster than scenarios say. */
  readonly paceDivisor: number;
}

/** A request that has been read and belongs to somebody. */
export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

/** What an upstream has seen. */
export interface Seen {
  /** Requests to `/v1/messages`. */
  readonly messages: number;
  /** Faults that were played. */
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
}

/** The prompts that are kept are few: sessions by account and model. */
const MAX_PROMPTS = 10_000;

/** The tokens whose account is kept. */
const MAX_OWNERS = 10_000;
const LIFETIMES = { '5m': 300_000, '1h': 3_600_000 } as const;

const ORGANIZATION = '00000000-0000-4000-8000-000000000000';

/** The simulated service behind the server. */
export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #accounts = new Map<string, Account>();
  /** The accounts of tokens by the name in the token: the one that a request with it was the first to name. */
  readonly #owners = new Map<string, string>();
  readonly #prompts = new Map<string, number>();
  readonly #faults: Partial<Record<Fault, number>> = {};
  readonly batches: Batches;
  #playing: readonly Scenario[] = [];
  #conditions: Conditions = conditionsOf([]);
  #script: (Fault | null)[] = [];
  #messages = 0;
  #requests = 0;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.batches = new Batches(options.seed);
  }

  get seen(): Seen {
    return { messages: this.#messages, faults: { ...this.#faults } };
  }

  get now(): number {
    return this.#options.now();
  }

  /** Lets scenarios play together from now on; scripts and windows of those that go on do not begin again. */
  play(scenarios: readonly Scenario[]): void {
    const fresh = scenarios.filter((one) => !this.#playing.includes(one));
    this.#playing = scenarios;
    this.#conditions = conditionsOf(scenarios);
    for (const { script, windows } of fresh) {
      if (script !== undefined) this.#script = [...script];
      for (const change of windows ?? []) this.account(change.account).change(change, this.now);
    }
  }

  /** The account of a name; it begins when it is first asked for. */
  account(name: string): Account {
    const known = this.#accounts.get(name);
    if (known !== undefined) return known;
    const account = new Account(name, { now: this.now, divisor: this.#options.windowDivisor });
    this.#accounts.set(name, account);
    return account;
  }

  /** Who sends a request, or the answer to one that nobody may send. */
  admit({ headers }: IncomingMessage): Caller | Reply {
    const caller = callerOf(headers);
    const known = caller !== null && !this.#conditions.revoked.includes(caller.secret);
    return known ? caller : failure(401, 'Invalid authentication credentials', this.#heading());
  }

  /** Sends a whole answer. */
  reply({ request, response }: Pick<Asked, 'request' | 'response'>, reply: Reply): void {
    const accepts = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    const headers = { ...this.#heading(), ...reply.headers };
    send(response, { ...reply, headers }, this.#conditions.compressed && accepts);
  }

  /** Answers `POST /v1/messages`. @throws when the client goes meanwhile */
  async message(asked: Asked): Promise<void> {
    const question = readMessage(asked.body);
    if ('status' in question) {
      this.reply(asked, question);
      return;
    }
    this.#messages += 1;
    const number = this.#messages;
    const { pace } = this.#conditions;
    const firstByteMs = draw(pace.firstByteMs, this.#options.seed, 'first byte', number);
    const fault = this.#faultOf(number);
    await pause(firstByteMs / this.#options.paceDivisor, asked.signal);
    if (fault !== null) this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
    await this.#answer(asked, question, { fault, number });
  }

  /** What the usage endpoint answers to a subscription. */
  usage({ kind, account }: Caller): Reply {
    if (kind !== 'oauth') return failure(403, 'OAuth authentication is required.', this.#heading());
    return json(this.account(this.#owners.get(account) ?? account).usage(this.now));
  }

  async #answer(asked: Asked, question: MessageRequest, { fault, number }: { fault: Fault | null; number: number }) {
    if (connectionTrouble(fault, asked.response)) return;
    const account = this.#accountOf(asked.caller, question);
    const refusal = this.#refuse(asked.caller, account, question.model) ?? this.#fail(fault, question);
    if (refusal !== null) {
      this.reply(asked, refusal);
      return;
    }
    const warm = this.#warm(asked, question);
    const message = messageFor(question, { seed: this.#options.seed, number, warm });
    account.begin(this.now);
    account.use(question.model, message.tokens, this.#conditions.budget);
    const headers = this.#headers(asked.caller, account, question.model);
    const tokenMs = this.#conditions.pace.tokenMs / this.#options.paceDivisor;
    const delivery = { response: asked.response, headers, tokenMs, fault, signal: asked.signal };
    if (question.stream) return streamMessage(message, delivery);
    await pause(tokenMs * message.tokens.output, asked.signal);
    if (fault !== null) return breakMessage(message, delivery);
    this.reply(asked, { status: 200, headers, body: jsonOf(message) });
  }

  /** Renewed tokens of one account share its windows, as do those of several machines of one person. */
  #accountOf({ account: name }: Caller, { account: named }: MessageRequest): Account {
    const owner = this.#owners.get(name) ?? named ?? name;
    if (this.#owners.size >= MAX_OWNERS) this.#owners.clear();
    this.#owners.set(name, owner);
    return this.account(owner);
  }

  /** The fault of a message: the script's, then one by chance. */
  #faultOf(number: number): Fault | null {
    const scripted = this.#script.shift();
    if (scripted !== undefined) return scripted;
    return pick(this.#conditions.faults, chance(this.#options.seed, 'fault', number));
  }

  #fail(fault: Fault | null, { stream }: MessageRequest): Reply | null {
    if (fault === null) return null;
    // Without a stream the same trouble comes before the answer.
    const met = fault === 'stream_error' && !stream ? 'overloaded' : fault;
    return replyOf(met, this.#heading(), this.#conditions);
  }

  /** What the limits of an account answer; null where they leave room. */
  #refuse({ kind }: Caller, account: Account, model: string): Reply | null {
    if (kind === 'oauth') {
      const window = account.refusal(model, this.now);
      return window === null ? null : this.#usedUp(account, model, window);
    }
    const limit = this.#conditions.requestsPerMinute;
    const seconds = account.countRequest(limit, this.now);
    if (seconds === null) return null;
    const headers = { ...this.#heading(), ...account.minuteHeaders(limit), 'retry-after': String(seconds) };
    return failure(429, 'This request would exceed the rate limit of your organization a minute.', headers);
  }

  #usedUp(account: Account, model: string, window: WindowName): Reply {
    const seconds = account.secondsUntilReset(window, this.now);
    const headers = { ...account.windowHeaders(model, window), 'retry-after': String(seconds) };
    const length = RATE_LIMIT_WINDOWS[window].lengthSeconds / 3_600;
    return failure(429, `The limit of ${length} hours is used up.`, { ...this.#heading(), ...headers });
  }

  #headers({ kind }: Caller, account: Account, model: string): Record<string, string> {
    const limits =
      kind === 'oauth' ? account.windowHeaders(model, null) : account.minuteHeaders(this.#conditions.requestsPerMinute);
    return { ...this.#heading(), ...limits };
  }

  /** The headers of every answer. */
  #heading(): Record<string, string> {
    this.#requests += 1;
    return {
      'request-id': `req_${digits(this.#options.seed, 'request', this.#requests)}`,
      'anthropic-organization-id': ORGANIZATION,
      date: new Date(this.now).toUTCString(),
    };
  }

  /** Whether the prompt of a session is in the cache; it is from now on. */
  #warm({ request, caller }: Asked, { model, cache }: MessageRequest): boolean {
    if (cache === null) return false;
    const key = [caller.account, model, request.headers['x-claude-code-session-id']].join('\n');
    const warm = (this.#prompts.get(key) ?? 0) > this.now;
    if (this.#prompts.size >= MAX_PROMPTS) this.#prompts.clear();
    this.#prompts.set(key, this.now + LIFETIMES[cache]);
    return warm;
  }
}

/** Plays the faults that leave no answer; true where one was. */
const connectionTrouble = (fault: Fault | null, response: ServerResponse): boolean => {
  if (fault === 'reset') breakOff(response);
  if (fault === 'garbage') response.socket?.end('220 this is no HTTP\r\n');
  return fault === 'reset' || fault === 'garbage' || fault === 'hang';
};

interface MessageBody {
  readonly model?: unknown;
  readonly stream?: unknown;
  readonly max_tokens?: unknown;
  readonly messages?: unknown;
  readonly metadata?: { readonly user_id?: unknown } | null;
}

const readMessage = (body: Buffer): MessageRequest | Reply => {
  const text = body.toString('utf8');
  const parsed = parseObject(text);
  if (parsed === null) return failure(400, 'The request body is not valid JSON.');
  const { model, stream, max_tokens: maxTokens, messages } = parsed;
  if (typeof model !== 'string') return failure(400, 'model: Field required');
  if (typeof maxTokens !== 'number') return failure(400, 'max_tokens: Field required');
  if (!Array.isArray(messages)) return failure(400, 'messages: Field required');
  if (!model.startsWith('claude')) return failure(404, `model: ${model}`);
  const account = ACCOUNT.exec(String(parsed.metadata?.user_id))?.[1] ?? null;
  return { model, stream: stream === true, maxTokens, cache: cacheIn(text), account, bytes: body.length };
};

/** The account in `metadata.user_id`: `user_…_account_<uuid>_session_…`, or JSON with `account_uuid`. */
const ACCOUNT = /account(?:_uuid"\s*:\s*"|_)([0-9a-f-]{36})/i;

/** An object of JSON; null for anything else. */
export const parseObject = (text: string): MessageBody | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    // A body that is no JSON gets an answer of its own.
    return null;
  }
};

const cacheIn = (text: string): MessageRequest['cache'] => {
  if (!text.includes('"cache_control"')) return null;
  return /"ttl":\s*"1h"/.test(text) ? '1h' : '5m';
};
