import { windowNamed, windowOfLimit } from '#catalog';
import { amount, type Observation, percent } from './observation.ts';
import { rfc3339 } from './times.ts';

/** Paid usage beyond the windows, as the poll reports it. */
export interface ExtraUsage {
  readonly enabled: boolean;
  readonly usedCredits: number | null;
  readonly limitCredits: number | null;
  /** Percent. */
  readonly utilization: number | null;
}

/** What one answer of `/api/oauth/usage` reports. */
export interface Poll {
  readonly windows: readonly Observation[];
  /** Null where the answer does not mention it. */
  readonly extraUsage: ExtraUsage | null;
}

type Fields = Readonly<Record<string, unknown>>;

const EXTRA_USAGE = 'extra_usage';
const LIMITS = 'limits';

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const observation = (window: string, utilization: unknown, resetsAt: unknown): Observation | null => {
  const seen = { window, utilization: percent(amount(utilization)), resetsAt: rfc3339(resetsAt), status: null };
  return seen.utilization === null && seen.resetsAt === null ? null : seen;
};

const namedWindow = ([key, value]: [string, unknown]): Observation | null =>
  isFields(value) && key !== EXTRA_USAGE ? observation(windowNamed(key), value.utilization, value.resets_at) : null;

/** The model that a scope such as `{ model: { display_name: 'Opus' } }` names. */
const modelOf = (scope: unknown): string | null => {
  const model = isFields(scope) ? scope.model : scope;
  return isFields(model) ? (text(model.display_name) ?? text(model.id)) : text(model);
};

const limitWindow = (limit: unknown): Observation | null => {
  if (!isFields(limit)) return null;
  const window = windowOfLimit(limit.kind, modelOf(limit.scope));
  return window === null ? null : observation(window, limit.percent, limit.resets_at);
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
 * describe a window the key counts. The endpoint is not documented: whatever is missing or unknown in form is passed over.
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
