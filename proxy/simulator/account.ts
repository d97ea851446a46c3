import { modelFamily, RATE_LIMIT_WINDOWS, WINDOW_NAMES, type WindowName } from '#catalog';
import { inputOf, type TokenCounts, weightOf } from './message.ts';
import type { WindowChange } from './scenario.ts';

interface SimulatedWindow {
  readonly name: WindowName;
  percent: number;
  /** Unix milliseconds; null for a short window that has ended and that no request has begun anew. */
  resetsAt: number | null;
  factor: number;
}

/** How many budgets of five hours a window holds. */
const SIZES: Readonly<Record<WindowName, number>> = { '5h': 1, '7d': 11, '7d_sonnet': 7, '7d_opus': 8, '7d_oi': 3 };

/** Above this share the status of a window becomes a warning. */
const WARNING_PERCENT = 80;
const FULL_PERCENT = 100;

const UNIFIED = 'anthropic-ratelimit-unified';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Whether requests to a model use a window. */
const covers = (window: WindowName, model: string): boolean => {
  const { counts } = RATE_LIMIT_WINDOWS[window];
  return counts === 'all' || counts === modelFamily(model);
};

const isShort = (name: WindowName): boolean => name === '5h';

/** How windows of an account begin: half over, and a tenth used. */
const BEGIN = { share: 0.5, percent: 10 } as const;

/** What an API key may use in a minute; token counts are reported in thousands. @see https://platform.claude.com/docs/en/api/rate-limits */
const MINUTE_TOKENS = { input: 2_000_000, output: 400_000 } as const;
const REPORTED_TOKENS = 1_000;

const NO_MINUTE = { begins: 0, requests: 0, input: 0, output: 0 };

/** An account of the upstream: what its requests use up, and what its answers report of that. */
export class Account {
  readonly name: string;
  readonly #divisor: number;
  readonly #windows: ReadonlyMap<WindowName, SimulatedWindow>;
  #minute = { ...NO_MINUTE };
  #credits = 0;

  /** Windows are `divisor` times shorter than the real ones. */
  constructor(name: string, { now, divisor }: { readonly now: number; readonly divisor: number }) {
    this.name = name;
    this.#divisor = divisor;
    this.#windows = new Map(
      WINDOW_NAMES.map((window) => {
        const resetsAt = now + this.#lengthOf(window) * BEGIN.share;
        return [window, { name: window, percent: BEGIN.percent, resetsAt, factor: 1 }];
      }),
    );
  }

  /** Puts a window into a state. */
  change({ window, percent, resetsInSeconds, factor = 1 }: WindowChange, now: number): void {
    const resetsAt = resetsInSeconds === undefined ? {} : { resetsAt: now + resetsInSeconds * SECOND };
    Object.assign(this.#windowOf(window), { percent, factor, ...resetsAt });
  }

  /** The window that refuses requests to a model now; null where none does. */
  refusal(model: string, now: number): WindowName | null {
    this.#roll(now);
    const full = this.#of(model).filter(({ percent }) => percent >= FULL_PERCENT);
    return full.toSorted((one, other) => (other.resetsAt ?? 0) - (one.resetsAt ?? 0))[0]?.name ?? null;
  }

  /** Seconds until a window resets, at least one. */
  secondsUntilReset(window: WindowName, now: number): number {
    return Math.max(1, Math.ceil(((this.#windowOf(window).resetsAt ?? now) - now) / SECOND));
  }

  /** A request begins: short windows that have ended begin anew. */
  begin(now: number): void {
    this.#roll(now);
    const short = this.#windowOf('5h');
    short.resetsAt ??= now + this.#lengthOf('5h');
  }

  /** A request to a model has used tokens. */
  use(model: string, tokens: TokenCounts, budget: number): void {
    for (const window of this.#of(model)) {
      window.percent += (FULL_PERCENT * window.factor * weightOf(tokens)) / (budget * SIZES[window.name]);
    }
    if (this.#windowOf('5h').percent >= FULL_PERCENT) this.#credits += 1;
    this.#minute.input += inputOf(tokens);
    this.#minute.output += tokens.output;
  }

  /** Counts a request of an API key; gives the seconds until the next minute where the limit is reached, null elsewhere. */
  countRequest(limit: number, now: number): number | null {
    if (now - this.#minute.begins >= MINUTE) this.#minute = { ...NO_MINUTE, begins: now };
    if (this.#minute.requests >= limit) return Math.max(1, Math.ceil((this.#minute.begins + MINUTE - now) / SECOND));
    this.#minute.requests += 1;
    return null;
  }

  /** The headers of an API key's limits a minute. */
  minuteHeaders(limit: number): Record<string, string> {
    const { begins, requests, input, output } = this.#minute;
    const reset = new Date(begins + MINUTE).toISOString().replace(/\.\d+Z$/, 'Z');
    const { input: inputs, output: outputs } = MINUTE_TOKENS;
    return {
      ...limitHeaders('requests', limit, limit - requests, reset),
      ...limitHeaders('tokens', inputs + outputs, inThousands(inputs + outputs - input - output), reset),
      ...limitHeaders('input-tokens', inputs, inThousands(inputs - input), reset),
      ...limitHeaders('output-tokens', outputs, inThousands(outputs - output), reset),
    };
  }

  /** The headers of a subscription's windows on an answer to a model; the refusing one decides the status. */
  windowHeaders(model: string, refusing: WindowName | null): Record<string, string> {
    const reported = this.#of(model).filter(({ name }) => RATE_LIMIT_WINDOWS[name].header !== null);
    const tightest = reported.toSorted((one, other) => other.percent - one.percent)[0];
    const representative = reported.find(({ name }) => name === refusing) ?? tightest;
    return {
      [`${UNIFIED}-status`]: refusing === null ? statusOf(representative?.percent ?? 0) : 'rejected',
      [`${UNIFIED}-reset`]: String(unixSeconds(representative?.resetsAt ?? 0)),
      [`${UNIFIED}-representative-claim`]: representative?.name === '5h' ? 'five_hour' : 'seven_day',
      [`${UNIFIED}-fallback-percentage`]: '0.5',
      [`${UNIFIED}-overage-status`]: 'rejected',
      ...Object.assign({}, ...reported.map(headersOf)),
    };
  }

  /** What `/api/oauth/usage` answers. */
  usage(now: number): Record<string, unknown> {
    this.#roll(now);
    const windows = [...this.#windows.values()].flatMap(({ name, percent, resetsAt }) => {
      const key = RATE_LIMIT_WINDOWS[name].poll;
      const reported = {
        utilization: Number(percent.toFixed(1)),
        resets_at: resetsAt === null ? null : rfc3339(resetsAt),
      };
      return key === null ? [] : [[key, reported] as const];
    });
    const used = Number(this.#credits.toFixed(1));
    const extra = { is_enabled: true, monthly_limit: 500, used_credits: used, utilization: used / 5 };
    return { ...Object.fromEntries(windows), extra_usage: extra };
  }

  #of(model: string): SimulatedWindow[] {
    return [...this.#windows.values()].filter(({ name }) => covers(name, model));
  }

  #windowOf(name: WindowName): SimulatedWindow {
    const window = this.#windows.get(name);
    if (window === undefined) throw new Error(`no window '${name}'; known are ${WINDOW_NAMES}`);
    return window;
  }

  #lengthOf(name: WindowName): number {
    return (RATE_LIMIT_WINDOWS[name].lengthSeconds * SECOND) / this.#divisor;
  }

  #roll(now: number): void {
    for (const window of this.#windows.values()) {
      if (window.resetsAt === null || now < window.resetsAt) continue;
      const length = this.#lengthOf(window.name);
      const missed = Math.ceil((now - window.resetsAt + 1) / length);
      window.resetsAt = isShort(window.name) ? null : window.resetsAt + missed * length;
      window.percent = 0;
    }
  }
}

const inThousands = (tokens: number): number => Math.round(tokens / REPORTED_TOKENS) * REPORTED_TOKENS;

const limitHeaders = (kind: string, limit: number, remaining: number, reset: string): Record<string, string> => ({
  [`anthropic-ratelimit-${kind}-limit`]: String(limit),
  [`anthropic-ratelimit-${kind}-remaining`]: String(Math.max(0, remaining)),
  [`anthropic-ratelimit-${kind}-reset`]: reset,
});

const unixSeconds = (ms: number): number => Math.floor(ms / SECOND);

/** The poll has microseconds. */
const rfc3339 = (ms: number): string => new Date(ms).toISOString().replace(/(\.\d{3})Z$/, '$1000+00:00');

const statusOf = (percent: number): string => {
  if (percent >= FULL_PERCENT) return 'rejected';
  return percent >= WARNING_PERCENT ? 'allowed_warning' : 'allowed';
};

const headersOf = ({ name, percent, resetsAt }: SimulatedWindow): Record<string, string> => ({
  [`${UNIFIED}-${name}-status`]: statusOf(percent),
  [`${UNIFIED}-${name}-reset`]: String(unixSeconds(resetsAt ?? 0)),
  [`${UNIFIED}-${name}-utilization`]: String(Number((percent / FULL_PERCENT).toFixed(4))),
});
