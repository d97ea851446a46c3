import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { CredentialRefusal, CredentialTurn, Endpoint } from '../credentials/strategy.ts';
import { errorBody, failureAnswer, LOCAL_ERRORS, type LocalError, type Refusal } from '../http/errors.ts';
import { requestHeaders, responseHeaders } from '../http/forwarded-headers.ts';
import { firstOf } from '../http/headers.ts';
import type { RequestScan } from '../json/request-scan.ts';
import { classify } from '../pool/classify.ts';
import { failedOnReusedConnection } from '../upstream/connections.ts';
import { classifyFailure } from '../upstream/transport-failure.ts';
import type { ApiError, UsageReader, UsageReport } from '../usage/reader.ts';
import { Attempt, type AttemptOptions, type AttemptOwner } from './attempt.ts';
import { Client, type ClientOwner } from './client.ts';
import type { RequestContext } from './context.ts';
import type { Drain } from './drains.ts';
import { bodyLimit } from './endpoint.ts';
import { coolingHeaders, trailersOf } from './head.ts';
import { HELD_MS, HeldAnswer } from './held-answer.ts';
import { Ledger } from './ledger.ts';
import type { Outcome } from './record.ts';
import { type BodyOwner, RequestBody } from './request-body.ts';
import { mayEnter, type State } from './states.ts';
import type { UnderWay } from './under-way.ts';

/** What a request is about. */
export interface ExchangeOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path and query, as they go up. */
  readonly target: string;
  /** The path without its query. */
  readonly path: string;
  readonly endpoint: Endpoint;
}

/** How long a client that was refused may go on sending before its connection is cut. */
const LINGER_MS = 5_000;

/** An upstream that restarts has closed every idle connection; the next one may be another of them. */
const MAX_RECONNECTIONS = 3;

/** An idle connection that was closed fails at once; what fails later may have been worked on, and costs money if repeated. */
const AT_ONCE_MS = 1_000;

/** A bound on attempts, whatever is decided. */
const MAX_ATTEMPTS = 8;

const EVENT_STREAM = 'text/event-stream';
const JSON_TYPE = ['content-type', 'application/json'] as const;
const ONLY_CHUNKED = /^(?:\s*chunked\s*)?$/i;

/**
 * One request from its arrival to its one record. What happens to the client, its body and the attempts at the upstream
 * arrives here as events; `states.ts` says which event counts in which state.
 */
export class Exchange implements AttemptOwner, BodyOwner, ClientOwner, UnderWay {
  readonly request: IncomingMessage;
  place = 0;
  lastFlushed = 0;
  stalledSince: number | null = null;
  readonly #context: RequestContext;
  readonly #target: string;
  readonly #endpoint: Endpoint;
  readonly #client: Client;
  readonly #body: RequestBody;
  readonly #ledger: Ledger;
  readonly #scan: RequestScan | null;
  #state: State = 'arriving';
  /** Whether the request counts as under way. */
  #counted = false;
  #turn: CredentialTurn | null = null;
  #attempt: Attempt | null = null;
  /** Reads the copy of the answer; null before the head, and once it was asked for what it read. */
  #reader: UsageReader | null = null;
  /** What was read where the reader was asked before the end. */
  #report: UsageReport | null = null;
  #held: HeldAnswer | null = null;
  #cancelWait: (() => void) | null = null;
  #drain: Drain | null = null;
  /** The bytes of the answer that came after the client had left. */
  #drained = 0;
  #cutShort = false;
  #upstreamEnded = false;
  #reconnections = 0;

  constructor(context: RequestContext, { request, response, target, path, endpoint }: ExchangeOptions) {
    this.#context = context;
    this.request = request;
    this.#target = target;
    this.#endpoint = endpoint;
    this.#ledger = new Ledger(context.clock, request, path);
    this.#client = new Client(response, this);
    const { credentials, config, budget } = context;
    const limits = { maxBytes: bodyLimit(config, endpoint), budget: credentials.repeats ? budget : null };
    this.#body = new RequestBody(request, this, limits);
    this.#scan = request.method === 'POST' ? context.scans.create() : null;
    context.exchanges.add(this);
  }

  get response(): ServerResponse {
    return this.#client.response;
  }

  get unread(): number {
    return this.#client.waiting;
  }

  get flushed(): number {
    return this.#client.bytes - this.#client.waiting;
  }

  /** Takes the body; the request goes up as soon as that is ready. */
  begin(): void {
    const { request } = this;
    if (Number(request.headers['content-length'] ?? 0) > bodyLimit(this.#context.config, this.#endpoint)) {
      this.bodyTooLarge();
      return;
    }
    if (request.headers.expect !== undefined && request.httpVersionMinor > 0) this.response.writeContinue();
    this.#body.begin();
  }

  bodyChunk(chunk: Buffer): void {
    if (this.#scan === null) return;
    this.#scan.write(chunk);
    if (this.#state !== 'answering' && this.#scan.stream) this.#setStream(true);
  }

  bodyReady(): void {
    if (this.#state !== 'arriving') return;
    const at = this.#context.clock.monotonic();
    const { exchanges, config, credentials } = this.#context;
    if (exchanges.counted >= config.maxRequestsInFlight) {
      this.refuse('overloaded', 'this proxy has too many requests under way; try again');
      return;
    }
    this.#count();
    this.#turn = credentials.open({
      headers: this.request.headers,
      remoteAddress: this.request.socket.remoteAddress ?? '',
      session: this.#ledger.sessionId,
      endpoint: this.#endpoint,
      method: this.#ledger.method,
      path: this.#ledger.path,
      model: this.#scan?.model ?? null,
    });
    this.#next();
    this.#ledger.worked(at);
  }

  bodyTooLarge(): void {
    this.refuse('too_large', 'the request body is larger than this proxy takes on this path');
  }

  refuse(reason: Refusal, message: string, headers: readonly string[] = []): void {
    if (this.#state === 'flushing' || !mayEnter(this.#state, 'flushing')) return;
    this.#ledger.refusal = reason;
    const { status } = LOCAL_ERRORS[reason];
    const { method, path } = this.#ledger;
    this.#context.observer.refused({ reason, status, method, path });
    this.#answer(reason, message, reason === 'shutting_down' ? 'shutdown' : 'rejected', headers);
  }

  informed(status: number, headers: IncomingHttpHeaders): void {
    if (this.#state === 'sent' && !this.#client.gone) this.#client.inform(status, headers);
  }

  answered(attempt: Attempt): void {
    const at = this.#context.clock.monotonic();
    const { status, headers } = attempt;
    const coding = firstOf(headers['transfer-encoding']);
    if (coding !== undefined && !ONLY_CHUNKED.test(coding)) {
      attempt.cancel();
      this.failed(attempt, new UnknownCoding());
      return;
    }
    this.#observe(attempt);
    if (this.#turn?.answered(status, headers) === 'hold') this.#hold(attempt);
    else this.#pass(attempt);
    this.#ledger.worked(at);
  }

  received(attempt: Attempt, chunk: Buffer): void {
    this.#reader?.write(chunk);
    if (this.#held !== null) {
      if (this.#held.push(chunk) || this.#held.deciding) return;
      attempt.pause();
      this.#judge(attempt);
    } else if (this.#state === 'draining') {
      this.#drained += chunk.length;
      if (this.#drained > this.#context.config.abandonedBytes) this.#cutDrain();
    } else if (!this.#client.send(chunk)) attempt.pause();
  }

  ended(attempt: Attempt): void {
    this.#upstreamEnded = true;
    if (this.#held !== null) this.#judge(attempt);
    else if (this.#state === 'draining') this.#settle();
    else if (this.#enter('flushing')) this.#client.finish(trailersOf(attempt.trailers));
  }

  failed(attempt: Attempt, error: Error): void {
    if (this.#held !== null) {
      this.#judge(attempt);
      return;
    }
    if (this.#reconnects(error)) return;
    const type = classifyFailure(error);
    this.#note(attempt, { type, message: error.message });
    if (this.#state === 'draining') {
      this.#cutShort = true;
      this.#settle();
    } else if (this.#client.headSent) this.#breakOff();
    else {
      const message = `the upstream could not be reached or broke off (${type})`;
      this.#answer(failureAnswer(type, error), message, 'upstream_error_before_head');
    }
  }

  clientReady(): void {
    if (this.#state === 'answering') this.#attempt?.resume();
  }

  clientClosed(): void {
    this.#ledger.end();
    if (this.#ledger.outcome !== null || (this.#state === 'flushing' && this.#client.hasAll)) {
      this.#settle();
      return;
    }
    this.#client.gone = true;
    this.#ledger.outcome = this.#client.headSent ? 'client_gone_mid_stream' : 'client_gone_before_head';
    if (this.#state === 'judging') return;
    if ((this.#state === 'sent' || this.#state === 'answering') && this.#mayCost()) this.#beginDrain();
    else {
      this.#cancel();
      this.#settle();
    }
  }

  cut(): void {
    this.#client.cut();
  }

  shutDown(): void {
    if (this.#state === 'done' || this.#state === 'recording') return;
    const message = 'the proxy is shutting down; try again';
    if (!this.#client.headSent) this.refuse('shutting_down', message, ['connection', 'close']);
    else if (this.#state !== 'flushing' || !this.#client.hasAll) this.#ledger.outcome ??= 'shutdown';
    this.#cutShort = true;
    this.#cancel();
    this.#ledger.end();
    this.#settle();
    if (!this.response.writableEnded) this.cut();
  }

  /** Enters a state; false where the present one does not lead there, because the event came too late. */
  #enter(state: State): boolean {
    if (!mayEnter(this.#state, state)) return false;
    this.#state = state;
    return true;
  }

  #count(): void {
    this.#counted = true;
    this.#context.exchanges.counted += 1;
    this.#context.observer.started(this.#ledger.stream);
  }

  #setStream(stream: boolean): void {
    if (stream === this.#ledger.stream) return;
    this.#ledger.stream = stream;
    if (this.#counted) this.#context.observer.streamChanged(stream);
  }

  /** Asks for the credential of the next attempt, and makes it. */
  #next(): void {
    const choice = this.#turn?.next();
    if (choice === undefined) return;
    if (choice.kind === 'send') this.#send({ fingerprint: null, ...choice });
    else if (choice.kind === 'wait') this.#wait(choice.ms);
    else this.#refuseFor(choice.refusal);
  }

  #wait(ms: number): void {
    if (!this.#enter('waiting')) return;
    this.#cancelWait = this.#context.timers.after(ms, () => {
      this.#cancelWait = null;
      if (this.#state === 'waiting') this.#next();
    });
  }

  #refuseFor({ error, message, retryAt }: CredentialRefusal): void {
    const now = this.#context.clock.now();
    this.refuse(error, message, error === 'rate_limited' ? coolingHeaders(retryAt, now) : retryHeaders(retryAt, now));
  }

  #send({ credential, fingerprint, headers }: Omit<AttemptOptions, 'ordinal' | 'sentAt'>): void {
    if (!this.#enter('sent')) return;
    const { request } = this;
    const attempt = new Attempt(this, {
      credential,
      fingerprint,
      headers,
      ordinal: (this.#attempt?.ordinal ?? 0) + 1,
      sentAt: this.#context.clock.monotonic(),
    });
    this.#attempt = attempt;
    this.#ledger.credential = credential;
    this.#ledger.fingerprint = fingerprint;
    this.#ledger.error = null;
    this.#report = null;
    this.#context.observer.attempted(attempt.ordinal);
    this.#context.upstream.dispatch(
      {
        path: this.#target,
        method: request.method ?? 'GET',
        headers: requestHeaders(request.rawHeaders, request.headers.connection, headers),
        body: this.#body.open(),
      },
      attempt,
    );
  }

  /** Learns what the head of an answer says. */
  #observe({ status, headers, credential, fingerprint }: Attempt): void {
    this.#ledger.requestId = requestIdOf(headers);
    if (credential !== null) {
      const claimedAccount = this.#scan?.accountUuid ?? null;
      this.#ledger.credential = this.#context.accounts.observeAnswer(
        { credential, fingerprint, claimedAccount },
        headers,
      );
    }
    this.#reader = this.#context.createReader({
      status,
      contentType: firstOf(headers['content-type']),
      contentEncoding: firstOf(headers['content-encoding']),
      path: this.#ledger.path,
    });
  }

  /** Gives the client the head of the upstream's answer. */
  #pass({ status, statusText, headers, raw }: Attempt): void {
    this.#body.release();
    if (!this.#enter('answering')) return;
    if (status < 300) this.#setStream(firstOf(headers['content-type'])?.startsWith(EVENT_STREAM) ?? false);
    this.#ledger.head(status);
    const length = Number(headers['content-length'] ?? Number.NaN);
    this.#client.sendHead(status, statusText, responseHeaders(raw, headers.connection), length);
  }

  #hold(attempt: Attempt): void {
    this.#enter('judging');
    this.#held = new HeldAnswer(this.#context.timers.after(HELD_MS, () => this.#judge(attempt)));
  }

  /** Decides on an answer that is held back, as soon as its error is known. */
  #judge(attempt: Attempt): void {
    const held = this.#held;
    const reader = this.#reader;
    if (held === null || held.deciding || reader === null) return;
    held.deciding = true;
    held.cancelTimer();
    this.#reader = null;
    void Promise.resolve(reader.end()).then((report) => this.#conclude(attempt, held, report));
  }

  #conclude(attempt: Attempt, held: HeldAnswer, report: UsageReport): void {
    if (this.#held !== held) return;
    this.#held = null;
    this.#report = report;
    const { status, headers } = attempt;
    this.#noteAnswer(attempt, report.error);
    const repeats = this.#mayRepeat(attempt);
    const decision = this.#turn?.judge({ status, headers, error: report.error }, repeats);
    if (this.#state !== 'judging' || this.#client.gone) {
      this.#cancel();
      this.#settle();
    } else if (decision === 'retry' && repeats) {
      attempt.cancel();
      this.#upstreamEnded = false;
      this.#next();
    } else this.#release(attempt, held);
  }

  #mayRepeat({ ordinal }: Attempt): boolean {
    return this.#state === 'judging' && !this.#client.gone && this.#body.canRepeat && ordinal < MAX_ATTEMPTS;
  }

  /** Gives the client an answer that was held back. */
  #release(attempt: Attempt, { chunks }: HeldAnswer): void {
    this.#pass(attempt);
    let flows = true;
    for (const chunk of chunks) flows = this.#client.send(chunk) && flows;
    if (this.#upstreamEnded) this.ended(attempt);
    else if (attempt.over) this.#breakOff();
    else if (flows) attempt.resume();
  }

  /** The upstream broke off in the middle of an answer: the client gets the same cut. */
  #breakOff(): void {
    this.#ledger.outcome ??= 'upstream_error_mid_stream';
    this.#client.breakOff();
  }

  /** Sends the request again where an idle connection was closed just as it went out. */
  #reconnects(error: Error): boolean {
    if (this.#state !== 'sent' || this.#reconnections >= MAX_RECONNECTIONS || !this.#body.canRepeat) return false;
    const failed = this.#attempt;
    if (failed === null || failed.status !== 0 || !failedOnReusedConnection(error)) return false;
    if (this.#context.clock.monotonic() - failed.sentAt > AT_ONCE_MS) return false;
    this.#reconnections += 1;
    const { credential, fingerprint, credentialHeaders: headers } = failed;
    this.#send({ credential, fingerprint, headers });
    return true;
  }

  /** Answers in the proxy's own name; an answer that is on its way already is cut instead. */
  #answer(error: LocalError, message: string, outcome: Outcome, headers: readonly string[] = []): void {
    if (!this.#enter('flushing')) return;
    this.#ledger.outcome = outcome;
    this.#cancel();
    if (this.#client.headSent) {
      this.cut();
      return;
    }
    const body = errorBody(error, message);
    const { status } = LOCAL_ERRORS[error];
    this.#ledger.head(status);
    this.#client.answer(status, [...JSON_TYPE, 'content-length', String(body.length), ...headers], body);
    this.#discardRequest();
  }

  /** Reads what a refused client still sends, because closing early could cost it the answer; for a bounded time. */
  #discardRequest(): void {
    const { request } = this;
    this.#body.close();
    if (request.complete) return;
    const cancel = this.#context.timers.after(LINGER_MS, () => request.destroy());
    request.once('close', cancel);
  }

  /** Whether the upstream has the whole request and bills an answer that nobody waits for. */
  #mayCost(): boolean {
    return this.#body.complete && this.request.method === 'POST' && this.#attempt?.over === false;
  }

  #beginDrain(): void {
    if (!this.#enter('draining')) return;
    this.#drain = this.#context.drains.begin(() => this.#cutDrain());
    if (this.#drain === null) this.#cutDrain();
    else this.#attempt?.resume();
  }

  #cutDrain(): void {
    this.#cutShort = true;
    this.#cancel();
    this.#settle();
  }

  /** Gives up whatever is waited for. */
  #cancel(): void {
    this.#cancelWait?.();
    this.#cancelWait = null;
    this.#held?.cancelTimer();
    this.#held = null;
    this.#attempt?.cancel();
  }

  /** Ends the request and has its one record written. */
  #settle(): void {
    const drained = this.#state === 'draining';
    if (!this.#enter('recording')) return;
    this.#body.close();
    this.#drain?.done();
    if (this.#counted) {
      this.#context.exchanges.counted -= 1;
      this.#context.observer.stopped(this.#ledger.stream);
    }
    const reader = this.#reader;
    if (reader === null) {
      this.#record(this.#report, drained);
      return;
    }
    const report = reader.end();
    if (report instanceof Promise) void report.then((read) => this.#recordRead(read, drained));
    else this.#recordRead(report, drained);
  }

  #recordRead(report: UsageReport, drained: boolean): void {
    const attempt = this.#attempt;
    if (attempt !== null && attempt.status >= 400) this.#noteAnswer(attempt, report.error);
    if (attempt !== null && report.streamError !== null) {
      const { type, message } = report.streamError;
      this.#note(attempt, { type: 'stream_error', message: `${type}: ${message}` });
    }
    this.#record(report, drained);
  }

  #record(report: UsageReport | null, drained: boolean): void {
    if (!this.#enter('done')) return;
    const served = this.#served(report);
    if (served) this.#ledger.outcome = outcomeOf(report, this.#ledger.stream);
    else if (drained) this.#context.observer.drained(this.#cutShort ? 'cut_short' : 'complete');
    this.#context.exchanges.delete(this);
    const bytes = { request: this.#body.bytes, response: this.#client.bytes };
    this.#context.observer.ended(this.#ledger.record(report, bytes));
  }

  /** A client that left with everything in its hands that the upstream ever sent was served. */
  #served(report: UsageReport | null): boolean {
    if (this.#ledger.outcome === null) return true;
    if (this.#ledger.outcome !== 'client_gone_mid_stream') return false;
    const hasAll = this.#client.hasAll && this.#drained === 0;
    return hasAll && (this.#upstreamEnded || report?.finished === true);
  }

  /** Reports an answer of the upstream that is an error. */
  #noteAnswer(attempt: Attempt, error: ApiError | null): void {
    const { status, headers } = attempt;
    this.#note(attempt, { type: classify({ status, headers, error }), message: error?.message ?? '' });
  }

  #note({ status, credential, ordinal }: Attempt, error: NonNullable<Ledger['error']>): void {
    this.#ledger.error = error;
    this.#context.observer.upstreamError({
      ...error,
      status: status === 0 ? null : status,
      credential,
      attempt: ordinal,
      requestId: this.#ledger.requestId,
    });
  }
}

/** How a request ended whose client has everything that the upstream sent. */
const outcomeOf = (report: UsageReport | null, stream: boolean): Outcome => {
  if (report === null) return 'finished';
  if (report.streamError !== null) return 'upstream_error_mid_stream';
  return stream && report.usage !== 'none' && !report.finished ? 'upstream_incomplete' : 'finished';
};

/** What an id looks like: it goes into exemplars and log lines, which must not carry what else somebody puts there. */
const REQUEST_ID = /^(?!sk-)[\w.:-]{1,100}$/;

const requestIdOf = (headers: IncomingHttpHeaders): string | null => {
  const id = firstOf(headers['request-id']);
  return id !== undefined && REQUEST_ID.test(id) ? id : null;
};

const MS = 1_000;

const retryHeaders = (retryAt: number, now: number): readonly string[] => [
  'retry-after',
  String(Math.max(1, Math.ceil((retryAt - now) / MS))),
];

/** The upstream used a transfer coding other than `chunked`, which node:http would leave in the body without its name. */
class UnknownCoding extends Error {
  readonly code = 'UND_ERR_RESPONSE';

  constructor() {
    super('the upstream used a transfer coding other than chunked');
  }
}
