import { FieldScanner } from '../json/field-scanner.ts';
import { namesOf } from '../json/names.ts';
import { type BodyReader, MESSAGE_FIELDS, mergeOf, NO_USAGE } from './body.ts';
import { promptTokens } from './cost.ts';
import { combined, MAX_TOKENS } from './entries.ts';
import type { UsageEntry, UsageReport } from './report.ts';

const LF = 10;

const LINE = namesOf([{ name: 'result', fields: namesOf(['type', { name: 'message', fields: MESSAGE_FIELDS }]) }]);

/** Results of requests that were not answered; they bill nothing. */
const NOT_ANSWERED: readonly unknown[] = ['errored', 'canceled', 'expired'];

/** The most entries that results add up to; a batch has a handful of models. */
const MAX_ENTRIES = 1_000;

const plus = (one: number, two: number): number => one + two;

/** What decides how the results of a batch are read. */
export interface BatchResults {
  readonly batchId: string;
  /** Whether the response has the results from their first byte on: its status is not 206. */
  readonly whole: boolean;
  /** The prompt lengths at which a price changes, in ascending order. */
  readonly bands: readonly number[];
}

/**
 * Reads the results of a batch, JSON lines in any order, and adds up what they bill by model, mode, place and price
 * band. A line that is cut off by the end bills nothing.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/batch-processing
 */
export class BatchBody implements BodyReader {
  readonly #results: BatchResults;
  readonly #sums = new Map<string, UsageEntry>();
  #line = new FieldScanner(LINE);
  #lines = 0;
  #unknown = false;

  constructor(results: BatchResults) {
    this.#results = results;
  }

  write(bytes: Uint8Array): void {
    let start = 0;
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, start)) {
      this.#line.write(bytes.subarray(start, end));
      this.#endLine();
      start = end + 1;
    }
    this.#line.write(bytes.subarray(start));
  }

  report(complete: boolean): UsageReport {
    const cut = !this.#line.complete && !this.#line.empty;
    if (!cut) this.#endLine();
    const { batchId, whole } = this.#results;
    const usage = this.#unknown || this.#lines === 0 ? 'unknown' : 'known';
    const finished = complete && whole && !cut && this.#lines > 0;
    return { ...NO_USAGE, entries: [...this.#sums.values()], usage, finished, batchId };
  }

  #endLine(): void {
    const line = this.#line;
    if (line.empty) return;
    this.#line = new FieldScanner(LINE);
    this.#lines += 1;
    if (line.complete) this.#take(line.nested('result'));
    else this.#unknown = true;
  }

  #take(result: FieldScanner | undefined): void {
    const type = result?.value('type');
    if (NOT_ANSWERED.includes(type)) return;
    const message = result?.nested('message');
    const merged = message === undefined || type !== 'succeeded' ? undefined : mergeOf(message).merged();
    if (merged?.usage === 'known') for (const entry of merged.entries) this.#add({ ...entry, batch: true });
    else this.#unknown = true;
  }

  #add(entry: UsageEntry): void {
    const prompt = promptTokens(entry);
    const promptUpTo = this.#results.bands.find((most) => prompt <= most) ?? MAX_TOKENS;
    const key = [entry.model, entry.mode, entry.geo, promptUpTo].join(' ');
    const sum = this.#sums.get(key);
    if (sum !== undefined) this.#sums.set(key, combined(sum, entry, plus));
    else if (this.#sums.size < MAX_ENTRIES) this.#sums.set(key, { ...entry, promptUpTo });
    else this.#unknown = true;
  }
}
