import { type Json, objectOf, parseJson } from '../json/json.ts';
import { namesOf } from '../json/names.ts';
import { type BodyReader, billed, errorOf, NO_USAGE } from './body.ts';
import { UsageMerge } from './merge.ts';
import type { ApiError, UsageReport } from './report.ts';
import { EventParser } from './sse.ts';

const EVENTS = namesOf(['message_start', 'content_block_start', 'message_delta', 'message_stop', 'error']);

const UNKNOWN_ERROR: ApiError = { type: 'unknown', message: '' };

/** The type of an event's data where it stands first, as it does in almost all of them. */
const TYPE_FIRST = /^\s*\{\s*"type"\s*:\s*"(\w+)"/;

const parsed = (data: string): Json => objectOf(parseJson(data));

/** Reads events until the message or the stream's error ends them; an event without a name has that of its data. */
export class StreamBody implements BodyReader {
  readonly #merge = new UsageMerge();
  readonly #parser = new EventParser(EVENTS, (name, data) => this.#take(name, data));
  #finished = false;
  #streamError: ApiError | null = null;

  write(bytes: Uint8Array): void {
    if (!this.#isOver()) this.#parser.write(bytes);
  }

  report(): UsageReport {
    this.#parser.end();
    const streamError = this.#streamError;
    return {
      ...NO_USAGE,
      ...billed(this.#merge.merged(), streamError !== null),
      finished: this.#finished,
      streamError,
    };
  }

  #isOver(): boolean {
    return this.#finished || this.#streamError !== null;
  }

  #take(name: string | null, data: string): void {
    if (this.#isOver()) return;
    switch (name ?? TYPE_FIRST.exec(data)?.[1] ?? parsed(data).type) {
      case 'message_start':
        this.#start(objectOf(parsed(data).message));
        break;
      case 'content_block_start':
        this.#merge.block(parsed(data).content_block);
        break;
      case 'message_delta':
        this.#delta(parsed(data));
        break;
      case 'message_stop':
        this.#finished = true;
        break;
      case 'error':
        this.#streamError = errorOf(parsed(data).error) ?? UNKNOWN_ERROR;
        break;
      default:
    }
  }

  #start({ model, usage }: Json): void {
    this.#merge.model(model);
    this.#merge.usage(usage);
  }

  #delta({ delta, usage }: Json): void {
    this.#merge.usage(usage);
    this.#merge.stopReason(objectOf(delta).stop_reason);
  }
}
