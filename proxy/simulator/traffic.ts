import { Agent, type IncomingMessage, request as send } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { chance, pick } from './random.ts';

/** What clients send; with the same options the same requests in the same order. */
export interface TrafficOptions {
  /** Where to, asked for each request. */
  readonly url: () => string;
  readonly perSecond: number;
  readonly seed?: number;
  /** The most requests under way at once; further ones are left out. @default 64 */
  readonly maxInFlight?: number;
  /** How many people or jobs work at a time. @default 24 */
  readonly sessions?: number;
  /** The share of streams that their client leaves early. @default 0 */
  readonly impatience?: number;
  /** Shares of the models. @default - those of a team that writes code */
  readonly models?: Readonly<Record<string, number>>;
}

/** How the requests ended so far. */
export interface Sent {
  readonly sent: number;
  /** Ended by status; 0 for those without an answer. */
  readonly byStatus: Readonly<Record<number, number>>;
  readonly inFlight: number;
  /** Left by their client. */
  readonly left: number;
}

/** Clients at work. */
export interface Traffic {
  stats(): Sent;
  /** Changes how many requests are sent a second. */
  pace(perSecond: number): void;
  stop(): Promise<void>;
}

/** A model without a price is among them. */
const MODELS: Readonly<Record<string, number>> = {
  'claude-sonnet-5-5': 0.44,
  'claude-opus-5-5': 0.28,
  'claude-haiku-5-5': 0.18,
  'claude-fable-5-1': 0.06,
  'claude-preview': 0.04,
};

const STREAM_SHARE = 0.85;

/** A stream is left within this time. */
const PATIENCE_MS = 2_000;

const TEXT = 'Look at the tide tables and say when the harbour can be left. ';
const MAX_REPEATS = 60;

interface Job {
  readonly body: string;
  readonly session: string;
  /** When its client leaves, in milliseconds; null for never. */
  readonly leavesAfter: number | null;
}

const jobOf = (options: Required<TrafficOptions>, number: number): Job => {
  const { seed, sessions, models, impatience } = options;
  const session = Math.floor(chance(seed, 'session', number) * sessions);
  const stream = chance(seed, 'stream', number) < STREAM_SHARE;
  const model = pick(models, chance(seed, 'model', session, Math.floor(number / 4))) ?? Object.keys(models)[0];
  const system = {
    type: 'text',
    text: TEXT,
    cache_control: { type: 'ephemeral', ttl: session % 4 === 0 ? '1h' : '5m' },
  };
  const repeats = 1 + Math.floor(chance(seed, 'length', number) ** 3 * MAX_REPEATS);
  const messages = [{ role: 'user', content: TEXT.repeat(repeats) }];
  const leaves = chance(seed, 'leaves', number) < impatience;
  return {
    body: JSON.stringify({ model, max_tokens: 4_096, stream, system: [system], messages }),
    session: `session-${session}`,
    leavesAfter: leaves ? Math.round(chance(seed, 'patience', number) * PATIENCE_MS) : null,
  };
};

/** Starts sending, at random intervals, until it is stopped. */
export const startTraffic = (given: TrafficOptions): Traffic => {
  const options = { seed: 1, maxInFlight: 64, sessions: 24, impatience: 0, models: MODELS, ...given };
  const clients = new Clients(options);
  void clients.run();
  return clients;
};

class Clients implements Traffic {
  readonly #options: Required<TrafficOptions>;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #end = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  readonly #byStatus: Record<number, number> = {};
  #perSecond: number;
  #sent = 0;
  #left = 0;

  constructor(options: Required<TrafficOptions>) {
    this.#options = options;
    this.#perSecond = options.perSecond;
  }

  stats(): Sent {
    return { sent: this.#sent, byStatus: { ...this.#byStatus }, inFlight: this.#underWay.size, left: this.#left };
  }

  pace(perSecond: number): void {
    this.#perSecond = perSecond;
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#underWay);
    this.#agent.destroy();
  }

  /** Sends until the end; intervals are as those of many people who do not know of each other. */
  async run(): Promise<void> {
    const { signal } = this.#end;
    for (let number = 0; !signal.aborted; number += 1) {
      const ms = (-Math.log(1 - chance(this.#options.seed, 'interval', number)) * 1_000) / this.#perSecond;
      await wait(ms, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted && this.#underWay.size < this.#options.maxInFlight) this.#begin(number);
    }
  }

  #begin(number: number): void {
    this.#sent += 1;
    const ended = this.#send(jobOf(this.#options, number)).then((status) => {
      if (status !== null) this.#byStatus[status] = (this.#byStatus[status] ?? 0) + 1;
      else this.#left += 1;
      this.#underWay.delete(ended);
    });
    this.#underWay.add(ended);
  }

  /** The status of the answer once it has ended; 0 where there was none, null where the client has left. */
  #send({ body, session, leavesAfter }: Job): Promise<number | null> {
    const leave = leavesAfter === null ? null : AbortSignal.timeout(leavesAfter);
    const signal = leave === null ? this.#end.signal : AbortSignal.any([this.#end.signal, leave]);
    return new Promise((resolve) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'anthropic-version': '2023-06-01',
        'x-api-key': 'simulated-client',
        'x-claude-code-session-id': session,
      };
      const url = `${this.#options.url()}/v1/messages?beta=true`;
      const request = send(url, { method: 'POST', agent: this.#agent, headers, signal });
      request.on('response', (response) => finish(response, resolve));
      request.on('error', () => resolve(signal.aborted ? null : 0));
      request.on('close', () => resolve(signal.aborted ? null : 0));
      request.end(body);
    });
  }
}

const finish = (response: IncomingMessage, resolve: (status: number) => void): void => {
  response.resume();
  response.on('end', () => resolve(response.statusCode ?? 0));
  response.on('error', () => undefined);
};
