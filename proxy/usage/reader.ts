import { createDecoder, type Decoder, isPlain } from './decode.ts';
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

const UNKNOWN_ERROR: ApiError = { type: 'unknown', message: '' };

const NOT_READ: UsageReader = { write: () => undefined, end: () => Promise.resolve(NOTHING) };

/** The one path whose answers bill tokens: counting is free, and batches tell their usage when they are fetched. */
const MESSAGES_PATH = '/v1/messages';

const EVENTS = namesOf(['message_start', 'message_delta', 'message_stop', 'error']);

const FIELDS = namesOf(['model', 'usage', 'error']);

const mimeOf = (contentType: string): string => (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();

const isJson = (mime: string): boolean => mime === 'application/json' || mime.endsWith('+json');

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const parsed = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
};

/** Reads events until the message or the stream's error ends them. */
class EventsBody implements BodyReader {
  readonly #merge = new UsageMerge();
  readonly #parser = new EventParser(EVENTS, (name, data) => this.#take(name, data));
  #finished = false;
  #streamError: ApiError | null = null;

  write(bytes: Uint8Array): void {
    if (!this.#isOver()) this.#parser.write(bytes);
  }

  report(): UsageReport {
    this.#parser.end();
    return { entries: this.#merge.entries(), finished: this.#finished, streamError: this.#streamError, error: null };
  }

  #isOver(): boolean {
    return this.#finished || this.#streamError !== null;
  }

  #take(name: string, data: string): void {
    if (this.#isOver()) return;
    if (name === 'message_stop') this.#finished = true;
    else if (name === 'error') this.#streamError = errorOf(parsed(data).error) ?? UNKNOWN_ERROR;
    else if (name === 'message_delta') this.#merge.usage(parsed(data).usage);
    else this.#start(objectOf(parsed(data).message));
  }

  #start({ model, usage }: Readonly<Record<string, unknown>>): void {
    this.#merge.model(model);
    this.#merge.usage(usage);
  }
}

/** Reads a message, or an error, which bills nothing. */
class JsonBody implements BodyReader {
  readonly #scanner = new FieldScanner(FIELDS);
  readonly #billed: boolean;

  constructor(billed: boolean) {
    this.#billed = billed;
  }

  write(bytes: Uint8Array): void {
    this.#scanner.write(bytes);
  }

  report(): UsageReport {
    const finished = this.#scanner.complete;
    if (!this.#billed) return { ...UNREAD, finished, error: errorOf(this.#scanner.value('error')) };
    const merge = new UsageMerge();
    merge.model(this.#scanner.value('model'));
    merge.usage(this.#scanner.value('usage'));
    return { entries: merge.entries(), finished, streamError: null, error: null };
  }
}

const bodyReaderFor = ({ status, contentType, path }: ResponseHead): BodyReader | undefined => {
  const mime = mimeOf(contentType ?? 'application/json');
  if (!isSuccess(status)) return isJson(mime) ? new JsonBody(false) : undefined;
  if (path.split('?', 1)[0] !== MESSAGES_PATH) return undefined;
  if (mime === 'text/event-stream') return new EventsBody();
  return isJson(mime) ? new JsonBody(true) : undefined;
};

/** A reader for a response; what cannot bill tokens and is no error is passed over at no cost. */
export const createUsageReader = (head: ResponseHead): UsageReader => {
  const body = bodyReaderFor(head);
  return body === undefined ? NOT_READ : new CopyReader(body, head.contentEncoding);
};

/** Keeps a fault of ours away from the response that passes: reading ends, forwarding does not notice. */
class CopyReader implements UsageReader {
  readonly #body: BodyReader;
  /** Null where the body needs no decoding, undefined where nobody can decode it. */
  readonly #decoder: Decoder | null | undefined;
  #broken = false;

  constructor(body: BodyReader, encoding: string | undefined) {
    this.#body = body;
    this.#decoder = isPlain(encoding) ? null : createDecoder(encoding, (bytes) => this.#read(bytes));
  }

  write(chunk: Uint8Array): void {
    if (this.#broken) return;
    if (this.#decoder === null) this.#read(chunk);
    else this.#decoder?.write(chunk);
  }

  end(): Promise<UsageReport> {
    if (this.#decoder === undefined) return Promise.resolve(UNREAD);
    if (this.#decoder === null) return Promise.resolve(this.#report());
    return this.#decoder.end().then(() => this.#report());
  }

  #read(bytes: Uint8Array): void {
    if (this.#broken) return;
    try {
      this.#body.write(bytes);
    } catch {
      this.#broken = true;
    }
  }

  #report(): UsageReport {
    try {
      return this.#body.report();
    } catch {
      return UNREAD;
    }
  }
}
