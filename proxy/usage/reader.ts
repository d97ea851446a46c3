import { PROMPT_BANDS } from '#catalog';
import { BatchBody } from './batch-body.ts';
import { type BodyReader, NO_USAGE } from './body.ts';
import { createDecoder, type Decoder, isPlain } from './decode.ts';
import { ErrorBody, MessageBody } from './json-body.ts';
import type { UsageReport } from './report.ts';
import { StreamBody } from './stream-body.ts';

export type { ApiError, UsageEntry, UsageReport } from './report.ts';

/** What decides how a response is read. */
export interface ResponseHead {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** The request's path; a query and slashes at its end are ignored. */
  readonly path: string;
}

/** Reads a copy of a response as it passes; it never throws and never changes a chunk. */
export interface UsageReader {
  write(chunk: Uint8Array): void;
  /** Ends the copy and gives what it reported; where it has to be decompressed that is waited for, for a bounded time. */
  end(): UsageReport | Promise<UsageReport>;
}

const NOT_READ: UsageReader = { write: () => undefined, end: () => NO_USAGE };

/** The path whose answers bill tokens as they come; counting is free. */
const MESSAGES_PATH = '/v1/messages';

/** The path whose answers bill the tokens of a batch, which its other endpoints do not report. */
const RESULTS_PATH = /^\/v1\/messages\/batches\/([\w-]{1,128})\/results$/;

const PARTIAL_CONTENT = 206;

const SLASH = '/';

const pathOf = (target: string): string => {
  const path = target.split('?', 1)[0] ?? '';
  let end = path.length;
  while (end > 1 && path[end - 1] === SLASH) end -= 1;
  return path.slice(0, end);
};

const mimeOf = (contentType: string): string => (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();

const JSON_TYPE = 'application/json';

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const bodyReaderFor = (head: ResponseHead, bands: readonly number[]): BodyReader | undefined => {
  const { contentType = JSON_TYPE } = head;
  const mime = contentType === JSON_TYPE ? JSON_TYPE : mimeOf(contentType);
  // Gateways relabel errors of the API as text; only a page is certain to be their own.
  if (!isSuccess(head.status)) return mime === 'text/html' ? undefined : new ErrorBody();
  const path = head.path === MESSAGES_PATH ? MESSAGES_PATH : pathOf(head.path);
  if (path === MESSAGES_PATH) return mime === 'text/event-stream' ? new StreamBody() : new MessageBody();
  const batchId = RESULTS_PATH.exec(path)?.[1];
  if (batchId === undefined) return undefined;
  return new BatchBody({ batchId, whole: head.status !== PARTIAL_CONTENT, bands });
};

/**
 * Creates a reader for a response; what cannot bill tokens and is no error is passed over at no cost.
 *
 * @param bands the prompt lengths at which a price changes, those of the price table that bills the entries
 */
export const createUsageReader = (head: ResponseHead, bands: readonly number[] = PROMPT_BANDS): UsageReader => {
  const body = bodyReaderFor(head, bands);
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

  end(): UsageReport | Promise<UsageReport> {
    if (this.#decoder === null) return this.#report(true);
    return this.#decoder?.end().then((complete) => this.#report(complete)) ?? this.#report(false);
  }

  #read(bytes: Uint8Array): void {
    if (this.#broken) return;
    try {
      this.#body.write(bytes);
    } catch {
      this.#broken = true;
    }
  }

  #report(complete: boolean): UsageReport {
    try {
      const report = this.#body.report(complete);
      return this.#broken ? { ...report, usage: 'unknown', finished: false } : report;
    } catch {
      return { ...NO_USAGE, usage: 'unknown', finished: false };
    }
  }
}
