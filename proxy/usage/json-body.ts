import { FieldScanner } from '../json/field-scanner.ts';
import { namesOf } from '../json/names.ts';
import { type BodyReader, billed, errorOf, MESSAGE_FIELDS, mergeOf, NO_USAGE } from './body.ts';
import type { UsageReport } from './report.ts';

const ERROR_FIELDS = namesOf(['error']);

const ANSWER_FIELDS = namesOf([...MESSAGE_FIELDS, 'error']);

/** Reads a message. */
export class MessageBody implements BodyReader {
  readonly #scanner = new FieldScanner(ANSWER_FIELDS);

  write(bytes: Uint8Array): void {
    this.#scanner.write(bytes);
  }

  report(): UsageReport {
    const error = errorOf(this.#scanner.value('error'));
    const { entries, usage } = billed(mergeOf(this.#scanner).merged(), error !== null);
    return { ...NO_USAGE, entries, usage, finished: this.#scanner.complete, error };
  }
}

/** Reads an error, which bills nothing. */
export class ErrorBody implements BodyReader {
  readonly #scanner = new FieldScanner(ERROR_FIELDS);

  write(bytes: Uint8Array): void {
    this.#scanner.write(bytes);
  }

  report(): UsageReport {
    return { ...NO_USAGE, finished: this.#scanner.complete, error: errorOf(this.#scanner.value('error')) };
  }
}
