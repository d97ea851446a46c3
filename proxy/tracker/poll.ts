import { RATE_LIMIT_WINDOWS, WINDOW_NAMES } from '#catalog';
import { type Observation, percent } from './observation.ts';

/** Paid usage beyond the windows, as the poll tells it. */
export interface ExtraUsage {
  readonly enabled: boolean;
  readonly usedCredits: number | null;
  readonly limitCredits: number | null;
  /** Percent. */
  readonly utilization: number | null;
}

/** What one answer of `/api/oauth/usage` says. */
export interface Poll {
  readonly windows: readonly Observation[];
  /** Null where the answer does not mention it. */
  readonly extraUsage: ExtraUsage | null;
}

type Fields = Readonly<Record<string, unknown>>;

const EXTRA_USAGE = 'extra_usage';
const LIMITS = 'limits';

const WINDOW_OF_KEY: ReadonlyMap<string, string> = new Map(
  WINDOW_NAMES.flatMap((name) => {
    const key = RATE_LIMIT_WINDOWS[name].poll;
    return key === null ? [] : [[key, name] as const];
  }),
);

/** The windows that entries of `limits` mean by their `kind`; a scoped one is named after its model. */
const WINDOW_OF_KIND: ReadonlyMap<unknown, string> = new Map([
  ['session', '5h'],
  ['weekly_all', '7d'],
]);

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const amount = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const RFC_3339 = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** The unix milliseconds of an RFC 3339 time, with any number of fractional digits; null for anything else. */
const time = (value: unknown): number | null => {
  if (typeof value !== 'string' || !RFC_3339.test(value)) return null;
  const parsed = Date.parse(value.replace(' ', 'T'));
  return Number.isNaN(parsed) ? null : parsed;
};

const observation = (window: string, utilization: unknown, resetsAt: unknown): Observation | null => {
  const seen = { window, utilization: percent(amount(utilization)), resetsAt: time(resetsAt), status: null };
  return seen.utilization === null && seen.resetsAt === null ? null : seen;
};

const namedWindow = ([key, value]: [string, unknown]): Observation | null =>
  isFields(value) && key !== EXTRA_USAGE
    ? observation(WINDOW_OF_KEY.get(key) ?? key, value.utilization, value.resets_at)
    : null;

/** `7d_opus` for a scope such as `{ model: { display_name: 'Opus' } }`. */
const scopedWindow = (scope: unknown): string | null => {
  const model = isFields(scope) ? scope.model : scope;
  const name = isFields(model) ? (text(model.display_name) ?? text(model.id)) : text(model);
  const words = name?.toLowerCase().match(/[a-z0-9]+/g) ?? null;
  return words === null ? null : ['7d', ...words].join('_');
};

const limitWindow = (limit: unknown): Observation | null => {
  if (!isFields(limit)) return null;
  const name = limit.kind === 'weekly_scoped' ? scopedWindow(limit.scope) : WINDOW_OF_KIND.get(limit.kind);
  return name === undefined || name === null ? null : observation(name, limit.percent, limit.resets_at);
};

const extraUsage = (value: unknown): ExtraUsage | null =>
  isFields(value)
    ? {
        enabled: value.is_enabled === true,
        usedCredits: amount(value.used_credits),
        limitCredits: amount(value.monthly_limit),
        utilization: amount(value.utilization),
      }
    : null;

/**
 * Reads an answer of `/api/oauth/usage`, in its older shape (a key a window) and its newer one (`limits`); where both
 * tell of a window the key counts. The endpoint is not documented: whatever is missing or unknown in form is passed over.
 */
export const readPoll = (body: unknown): Poll => {
  if (!isFields(body)) return { windows: [], extraUsage: null };
  const windows = new Map<string, Observation>();
  const limits: readonly unknown[] = Array.isArray(body[LIMITS]) ? body[LIMITS] : [];
  for (const seen of [...Object.entries(body).map(namedWindow), ...limits.map(limitWindow)]) {
    if (seen !== null && !windows.has(seen.window)) windows.set(seen.window, seen);
  }
  return { windows: [...windows.values()], extraUsage: extraUsage(body[EXTRA_USAGE]) };
};
