import type { FieldScanner } from '../json/field-scanner.ts';
import { objectOf } from '../json/json.ts';
import { namesOf } from '../json/names.ts';
import { type Merged, UsageMerge } from './merge.ts';
import type { ApiError, UsageReport } from './report.ts';

/** Reads what a decoded body bills. */
export interface BodyReader {
  write(bytes: Uint8Array): void;
  /** What was read; `complete`: no decoding failed before the end of the body. */
  report(complete: boolean): UsageReport;
}

/** The report of a response that bills nothing. */
export const NO_USAGE: UsageReport = {
  entries: [],
  usage: 'none',
  finished: true,
  batchId: null,
  streamError: null,
  error: null,
};

/** Longer texts of errors are cut here: they are for people. */
const MAX_MESSAGE = 1_000;

/** The error of `{ type, message }`; null where there is none. */
export const errorOf = (value: unknown): ApiError | null => {
  const { type, message } = objectOf(value);
  if (typeof type !== 'string') return null;
  return { type, message: (typeof message === 'string' ? message : '').slice(0, MAX_MESSAGE) };
};

/** The longest content that is looked at: empty, or the blocks that mark fallbacks and nothing else. */
const MAX_EMPTY_CONTENT = 512;

/** The fields of a message that decide what it bills. */
export const MESSAGE_FIELDS = namesOf([
  'model',
  'usage',
  'stop_reason',
  { name: 'content', maxBytes: MAX_EMPTY_CONTENT },
]);

/** Merges what a scan of a whole message found. */
export const mergeOf = (message: FieldScanner): UsageMerge => {
  const merge = new UsageMerge();
  merge.model(message.value('model'));
  merge.usage(message.value('usage'));
  merge.stopReason(message.value('stop_reason'));
  const content = message.value('content');
  for (const block of Array.isArray(content) ? content : [content]) merge.block(block);
  return merge;
};

/** What a response reports that bills unless it failed. */
export const billed = ({ entries, usage }: Merged, failed: boolean): Pick<UsageReport, 'entries' | 'usage'> => ({
  entries,
  usage: usage === 'absent' ? (failed ? 'none' : 'unknown') : usage,
});
