import { decimal, type Headers, headerOf, type Observation, percent } from './observation.ts';

const UNIFIED = /^anthropic-ratelimit-unified-(.+)-(utilization|reset|status)$/;

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
    const match = UNIFIED.exec(name);
    const text = match === null ? undefined : headerOf(headers, name);
    if (match === null || text === undefined) continue;
    const [, window = '', field = ''] = match;
    if (NO_WINDOWS.has(window)) continue;
    const draft = drafts.get(window) ?? { window, utilization: null, resetsAt: null, status: null };
    drafts.set(window, draft);
    READ[field as keyof typeof READ](draft, text);
  }
  return [...drafts.values()];
};
