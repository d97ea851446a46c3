import { type Names, nameIn } from './names.ts';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const decoder = new TextDecoder();
const WHITE_SPACE: readonly number[] = [9, 10, 13, 32];

/** The longest value, in bytes, that is kept; a usage object takes a few hundred. */
export const MAX_VALUE_BYTES = 64 * 1024;

type State = 'before' | 'key-or-end' | 'key' | 'colon' | 'value' | 'done' | 'broken';

/**
 * Picks values of the outermost object out of a JSON text that arrives in any pieces, without keeping the rest: a body
 * of any length takes the memory of the values asked for.
 */
export class FieldScanner {
  readonly #wanted: Names;
  #raw: Map<string, string> | null = null;
  #state: State = 'before';
  /** The wanted key whose value comes; undefined where nobody wants it. */
  #key: string | undefined;
  #depth = 0;
  #inString = false;
  /** Whether an odd number of backslashes stands right before the next byte of a string. */
  #escaped = false;
  #from = -1;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;

  constructor(wanted: Names) {
    this.#wanted = wanted;
  }

  /** Whether the object was read to its closing brace. */
  get complete(): boolean {
    return this.#state === 'done';
  }

  /** Reads the next bytes. */
  write(chunk: Uint8Array): void {
    if (this.#from !== -1) this.#from = 0;
    let at = 0;
    while (at < chunk.length && this.#state !== 'done' && this.#state !== 'broken') at = this.#step(chunk, at);
    if (this.#from !== -1) this.#keep(chunk, chunk.length);
  }

  /** The value of a field; undefined where it was absent, cut off, too long or no JSON. */
  value(key: string): unknown {
    const raw = this.#raw?.get(key);
    if (raw === undefined) return undefined;
    try {
      return JSON.parse(raw);
    } catch {
      return undefined;
    }
  }

  #step(chunk: Uint8Array, at: number): number {
    switch (this.#state) {
      case 'key':
        return this.#readKey(chunk, at);
      case 'value':
        return this.#inString ? this.#passString(chunk, at) : this.#passValue(chunk, at);
      default:
        this.#between(chunk[at] ?? 0, at);
        return at + 1;
    }
  }

  /** The bytes around keys and values; what does not belong there ends the reading. */
  #between(byte: number, at: number): void {
    if (WHITE_SPACE.includes(byte)) return;
    if (this.#state === 'before') this.#state = byte === OPEN_OBJECT ? 'key-or-end' : 'broken';
    else if (this.#state === 'colon') this.#startValue(byte, at);
    else if (byte === QUOTE) this.#startKey(at);
    else if (byte === CLOSE_OBJECT) this.#state = 'done';
    else if (byte !== COMMA) this.#state = 'broken';
  }

  #startKey(at: number): void {
    this.#state = 'key';
    this.#inString = true;
    this.#from = at + 1;
  }

  #startValue(byte: number, at: number): void {
    this.#state = byte === COLON ? 'value' : 'broken';
    this.#from = this.#key === undefined ? -1 : at + 1;
  }

  #readKey(chunk: Uint8Array, at: number): number {
    const next = this.#passString(chunk, at);
    if (this.#inString) return next;
    this.#key = this.#wantedKey(chunk, next - 1);
    this.#state = 'colon';
    return next;
  }

  /** Goes on to the end of the string or the chunk. */
  #passString(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; ) {
      const quote = chunk.indexOf(QUOTE, at);
      const end = quote === -1 ? chunk.length : quote;
      const escaped = this.#isEscaped(chunk, at, end);
      this.#escaped = quote === -1 && escaped;
      at = end + 1;
      this.#inString = quote === -1 || escaped;
      if (!this.#inString) return at;
    }
    return chunk.length;
  }

  /** Whether an odd run of backslashes, which may have begun in the chunk before, ends at an index. */
  #isEscaped(chunk: Uint8Array, from: number, end: number): boolean {
    let run = end;
    while (run > from && chunk[run - 1] === BACKSLASH) run -= 1;
    const carried = run === from && this.#escaped ? 1 : 0;
    return (end - run + carried) % 2 === 1;
  }

  #passValue(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (byte === QUOTE) this.#inString = true;
      else if (this.#endsValue(byte)) this.#endValue(chunk, at);
      else this.#nest(byte);
      if (this.#inString || this.#state !== 'value') return at + 1;
    }
    return chunk.length;
  }

  #endsValue(byte: number): boolean {
    return this.#depth === 0 && (byte === COMMA || byte === CLOSE_OBJECT);
  }

  #nest(byte: number): void {
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) this.#depth += 1;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) this.#depth -= 1;
  }

  #endValue(chunk: Uint8Array, at: number): void {
    if (this.#key !== undefined) this.#take(this.#key, chunk, at);
    this.#state = chunk[at] === CLOSE_OBJECT ? 'done' : 'key-or-end';
  }

  #keep(chunk: Uint8Array, end: number): void {
    this.#keptBytes += end - this.#from;
    if (this.#keptBytes > MAX_VALUE_BYTES) this.#kept = [];
    else this.#kept.push(chunk.slice(this.#from, end));
  }

  /** The wanted key that ends at an index; what lies within the chunk is compared where it stands. */
  #wantedKey(chunk: Uint8Array, end: number): string | undefined {
    if (this.#keptBytes === 0) {
      const from = this.#from;
      this.#from = -1;
      return nameIn(this.#wanted, chunk, from, end);
    }
    const key = this.#joined(chunk, end);
    return nameIn(this.#wanted, key, 0, key.length);
  }

  #take(key: string, chunk: Uint8Array, end: number): void {
    const from = this.#from;
    const whole = this.#keptBytes === 0;
    const length = this.#keptBytes + end - from;
    const bytes = whole ? chunk : this.#joined(chunk, end);
    this.#from = -1;
    if (length > MAX_VALUE_BYTES) return;
    this.#raw ??= new Map();
    this.#raw.set(key, whole ? textOf(bytes, from, end) : textOf(bytes, 0, bytes.length));
  }

  /** The bytes kept since `#from`, up to an index; only their end where they are too many. */
  #joined(chunk: Uint8Array, end: number): Uint8Array {
    const bytes = Buffer.concat([...this.#kept, chunk.subarray(this.#from, end)]);
    this.#kept = [];
    this.#keptBytes = 0;
    this.#from = -1;
    return bytes;
  }
}

const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.isBuffer(bytes) ? bytes.toString('utf8', start, end) : decoder.decode(bytes.subarray(start, end));
