import { isAt, type Names, nameIn } from '../json/names.ts';

const LF = 10;
const CR = 13;
const COLON = 58;
const SPACE = 32;
const BOM = [0xef, 0xbb, 0xbf] as const;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const DATA = encoder.encode('data');
const EVENT = encoder.encode('event');
const DEFAULT = encoder.encode('message');

/** The longest line, and the most data of one event, that is kept; the events that carry usage take a few kilobytes. */
export const MAX_EVENT_BYTES = 256 * 1024;

/**
 * Takes an event with its data, lines joined by line feeds. The name is a wanted one, or null where the event has none
 * of its own: no `event:` line, an empty one, or the default name `message`.
 */
export type TakeEvent = (name: string | null, data: string) => void;

/**
 * Finds events in a byte stream that arrives in any pieces. Only data of wanted events and of events without a name
 * becomes text; the name comes from the `event:` line, as clients read it, and the lines of an unwanted event are passed
 * over. An event that takes a wanted name after data under an unwanted one is dropped.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventParser {
  readonly #wanted: Names;
  readonly #take: TakeEvent;
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  /** The next line end of each kind in the chunk that is being read. */
  #lf = -1;
  #cr = -1;
  #passOver = false;
  #afterCr = false;
  #atStart = true;
  /** Null: no name yet; empty: a name that nobody wants. */
  #event: string | null = null;
  #data: string[] = [];
  #dataBytes = 0;
  #lost = false;

  constructor(wanted: Names, take: TakeEvent) {
    this.#wanted = wanted;
    this.#take = take;
  }

  /** Reads the next bytes. */
  write(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    let start = this.#afterCr && chunk[0] === LF ? 1 : 0;
    this.#afterCr = false;
    this.#lf = chunk.indexOf(LF);
    this.#cr = chunk.indexOf(CR);
    for (let end = this.#nextEnd(chunk, start); end !== -1; end = this.#nextEnd(chunk, start)) {
      this.#endLine(chunk, start, end);
      start = this.#pastEnd(chunk, end);
    }
    this.#keep(chunk, start);
  }

  /** Ends the stream. An event whose blank line is missing counts: a cut just before it must not lose the usage. */
  end(): void {
    this.#endLine(new Uint8Array(0), 0, 0);
    this.#dispatch();
  }

  /** The first line end of either kind from an index on, -1 where there is none; each byte is looked at once a kind. */
  #nextEnd(chunk: Uint8Array, from: number): number {
    if (this.#lf !== -1 && this.#lf < from) this.#lf = chunk.indexOf(LF, from);
    if (this.#cr !== -1 && this.#cr < from) this.#cr = chunk.indexOf(CR, from);
    if (this.#lf === -1) return this.#cr;
    return this.#cr === -1 ? this.#lf : Math.min(this.#lf, this.#cr);
  }

  /** The index after a line's end; the LF of a CR LF may only come with the next chunk. */
  #pastEnd(chunk: Uint8Array, end: number): number {
    if (chunk[end] === LF) return end + 1;
    this.#afterCr = end + 1 === chunk.length;
    return chunk[end + 1] === LF ? end + 2 : end + 1;
  }

  #endLine(chunk: Uint8Array, start: number, end: number): void {
    const length = this.#pieceBytes + end - start;
    if (this.#passOver || length > MAX_EVENT_BYTES) this.#lost = true;
    else if (this.#pieceBytes === 0) this.#line(chunk, start, end);
    else this.#line(Buffer.concat([...this.#pieces, chunk.subarray(start, end)]), 0, length);
    this.#passOver = false;
    if (this.#pieces.length > 0) this.#pieces = [];
    this.#pieceBytes = 0;
  }

  /** Keeps a copy of an unfinished line, unless it is known already that nobody needs it. */
  #keep(chunk: Uint8Array, start: number): void {
    if (this.#passOver || start === chunk.length) return;
    const unwanted = this.#event === '' && this.#pieceBytes === 0 && valueStart(DATA, chunk, start, chunk.length) > 0;
    this.#pieceBytes += chunk.length - start;
    this.#passOver = (unwanted && chunk[start + DATA.length] === COLON) || this.#pieceBytes > MAX_EVENT_BYTES;
    if (this.#passOver) this.#pieces = [];
    else this.#pieces.push(chunk.slice(start));
  }

  #line(bytes: Uint8Array, from: number, end: number): void {
    const start = this.#atStart ? pastBom(bytes, from, end) : from;
    this.#atStart = false;
    if (start === end) {
      this.#dispatch();
      return;
    }
    const data = valueStart(DATA, bytes, start, end);
    if (data !== -1) {
      this.#addData(bytes, data, end);
      return;
    }
    const event = valueStart(EVENT, bytes, start, end);
    if (event !== -1) this.#event = this.#nameAt(bytes, event, end);
  }

  #nameAt(bytes: Uint8Array, start: number, end: number): string | null {
    const unnamed = start === end || isAt(DEFAULT, bytes, start, end);
    return unnamed ? null : (nameIn(this.#wanted, bytes, start, end)?.name ?? '');
  }

  #addData(bytes: Uint8Array, start: number, end: number): void {
    this.#dataBytes += end - start;
    this.#lost ||= this.#event === '' || this.#dataBytes > MAX_EVENT_BYTES;
    if (!this.#lost) this.#data.push(decoder.decode(bytes.subarray(start, end)));
  }

  #dispatch(): void {
    const [event, data] = [this.#event, this.#data];
    const wanted = event !== '' && data.length > 0 && !this.#lost;
    this.#event = null;
    this.#lost = false;
    this.#dataBytes = 0;
    if (data.length > 0) this.#data = [];
    if (wanted) this.#take(event, data.join('\n'));
  }
}

const pastBom = (bytes: Uint8Array, start: number, end: number): number =>
  end - start >= BOM.length && BOM.every((byte, index) => byte === bytes[start + index]) ? start + BOM.length : start;

/** Where the value of a field begins, one leading space left out; -1 where the line is another field's. */
const valueStart = (field: Uint8Array, bytes: Uint8Array, start: number, end: number): number => {
  const colon = start + field.length;
  if (colon > end) return -1;
  for (let index = 0; index < field.length; index += 1) if (bytes[start + index] !== field[index]) return -1;
  if (colon === end) return end;
  if (bytes[colon] !== COLON) return -1;
  return colon + 1 < end && bytes[colon + 1] === SPACE ? colon + 2 : colon + 1;
};
