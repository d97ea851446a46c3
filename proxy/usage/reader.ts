import { createDecoder, type TakeBytes } from './decode.ts';
import { FieldScanner } from './json-fields.ts';
import { errorOf, objectOf, UsageMerge } from './merge.ts';
import { namesOf } from './names.ts';
import type { ApiError, UsageReport } from './report.ts';
import { EventParser } from './sse.ts';

export type { ApiError, UsageEntry, UsageReport } from './report.ts';

/** What decides how a response is read. */
export interface ResponseHead {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** The request's path; a query is ignored. */
  readonly path: string;
}

/** Reads a copy of a response as it passes; it never throws and never changes a chunk. */
export interface UsageReader {
  write(chunk: Uint8Array): void;
  /** Ends the copy and tells what it said; decompression is waited for, for a bounded time. */
  end(): Promise<UsageReport>;
}

/** What a body says, once it is decoded. */
interface BodyReader {
  write(bytes: Uint8Array): void;
  report(): UsageReport;
}

const NOTHING: UsageReport = { entries: [], finished: true, streamError: null, error: null };

const UNREAD: UsageReport = { ...NOTHING, finished: false };

const NOT_READ: UsageReader = { write: () => undefined, end: () => Promise.resolve(NOTHING) };

/** The one path whose answers bill tokens: counting is free, and batches tell their usage when they are fetched. */
const MESSAGES_PATH = '/v1/messages';

const EVENTS = namesOf(['message_start', 'message_delta', 'message_stop', 'error']);

const FIELDS = namesOf(['model', 'usage', 'error']);

const mimeOf = (contentType: string): string => (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();

const isJson = (mime: string): boolean => mime === 'application/json' || mime.endsWith('+json');

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** Reads events until the message or the stream's error ends them. */
const createEventsReader = (): BodyReader => {
  const merge = new UsageMerge();
  let [finished, streamError]: [boolean, ApiError | null] = [false, null];
  const isOver = () => finished || streamError !== null;
  const parser = new EventParser(EVENTS, (name, data) => {
    if (isOver()) return;
    if (name === 'message_stop') finished = true;
    else if (name === 'error') streamError = errorOf(objectOf(parsed(data)).error) ?? { type: 'unknown', message: '' };
    else takeUsage(merge, name, objectOf(parsed(data)));
  });
  return {
    write: (bytes) => (isOver() ? undefined : parser.write(bytes)),
    report: () => {
      parser.end();
      return { entries: merge.entries(), finished, streamError, error: null };
    },
  };
};

const takeUsage = (merge: UsageMerge, name: string, event: Readonly<Record<string, unknown>>): void => {
  if (name === 'message_start') {
    const message = objectOf(event.message);
    merge.model(message.model);
    merge.usage(message.usage);
  } else merge.usage(event.usage);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const createJsonReader = (billed: boolean): BodyReader => {
  const scanner = new FieldScanner(FIELDS);
  return {
    write: (bytes) => scanner.write(bytes),
    report: () => {
      const merge = new UsageMerge();
      merge.model(scanner.value('model'));
      if (billed) merge.usage(scanner.value('usage'));
      const error = billed ? null : errorOf(scanner.value('error'));
      return { entries: merge.entries(), finished: scanner.complete, streamError: null, error };
    },
  };
};

const bodyReaderFor = ({ status, contentType, path }: ResponseHead): BodyReader | undefined => {
  const mime = mimeOf(contentType ?? 'application/json');
  if (!isSuccess(status)) return isJson(mime) ? createJsonReader(false) : undefined;
  if (path.split('?', 1)[0] !== MESSAGES_PATH) return undefined;
  if (mime === 'text/event-stream') return createEventsReader();
  return isJson(mime) ? createJsonReader(true) : undefined;
};

/** A reader for a response; what cannot bill tokens and is no error is passed over at no cost. */
export const createUsageReader = (head: ResponseHead): UsageReader => {
  const body = bodyReaderFor(head);
  if (body === undefined) return NOT_READ;
  const guard = new Guard(body);
  const decoder = createDecoder(head.contentEncoding, guard.write);
  if (decoder === undefined) return { write: () => undefined, end: () => Promise.resolve(UNREAD) };
  return {
    write: (chunk) => {
      if (!guard.broken) decoder.write(chunk);
    },
    end: async () => {
      await decoder.end();
      return guard.report();
    },
  };
};

/** Keeps a fault of ours away from the response that passes: reading ends, forwarding does not notice. */
class Guard {
  readonly #body: BodyReader;
  #broken = false;

  constructor(body: BodyReader) {
    this.#body = body;
  }

  get broken(): boolean {
    return this.#broken;
  }

  readonly write: TakeBytes = (bytes) => {
    if (this.#broken) return;
    try {
      this.#body.write(bytes);
    } catch {
      this.#broken = true;
    }
  };

  report(): UsageReport {
    try {
      return this.#body.report();
    } catch {
      return UNREAD;
    }
  }
}
