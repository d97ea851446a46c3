import { decimal, type Headers, headerOf } from '../http/headers.ts';
import { type Observation, percent } from './observation.ts';

const PREFIX = 'anthropic-ratelimit-unified-';
const UNIFIED = /^anthropic-ratelimit-unified-(.+)-(utilization|reset|status)$/;

/** What the name of a header says. */
interface Told {
  readonly window: string;
  readonly field: keyof typeof READ;
}

/** The upstream uses a dozen names; a list that grew longer would be filled by somebody. */
const MAX_NAMES = 256;

/** What names said before: every answer repeats them, and a look at them costs much of what an answer costs. */
const toldBefore = new Map<string, Told | null>();

const toldBy = (name: string): Told | null => {
  const known = toldBefore.get(name);
  if (known !== undefined) return known;
  const [, window, field] = UNIFIED.exec(name) ?? [];
  const told =
    window === undefined || field === undefined || NO_WINDOWS.has(window)
      ? null
      : { window, field: field as keyof typeof READ };
  if (toldBefore.size < MAX_NAMES) toldBefore.set(name, told);
  return told;
};

/** Paid usage beyond the windows has headers of the same form; like `extra_usage` of the poll it is no window. */
const NO_WINDOWS: ReadonlySet<string> = new Set(['overage']);

interface Draft {
  readonly window: string;
  utilization: number | null;
  resetsAt: number | null;
  status: string | null;
}

/** Puts the value of one header into the draft of its window; what cannot be read stays null. */
const READ = {
  /** A fraction; 1 is the whole window, and it can be exceeded. */
  utilization: (draft: Draft, text: string) => {
    const fraction = decimal(text);
    draft.utilization = percent(fraction === null ? null : fraction * 100);
  },
  /** Unix seconds. */
  reset: (draft: Draft, text: string) => {
    const seconds = decimal(text);
    if (seconds !== null) draft.resetsAt = seconds * 1_000;
  },
  status: (draft: Draft, text: string) => {
    draft.status = text;
  },
} as const;

/** The windows that the response headers tell of, under the names that the headers give them. */
export const readHeaders = (headers: Headers): readonly Observation[] => {
  const drafts = new Map<string, Draft>();
  for (const name in headers) {
    if (!name.startsWith(PREFIX)) continue;
    const told = toldBy(name);
    const text = told === null ? undefined : headerOf(headers, name);
    if (told === null || text === undefined) continue;
    const { window, field } = told;
    const draft = drafts.get(window) ?? { window, utilization: null, resetsAt: null, status: null };
    drafts.set(window, draft);
    READ[field](draft, text);
  }
  return [...drafts.values()];
};
