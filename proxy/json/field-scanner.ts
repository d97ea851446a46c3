import { parseJson } from './json.ts';
import { type Name, type Names, nameIn } from './names.ts';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const SPACE = 32;
const decoder = new TextDecoder();
const BOM: readonly number[] = [0xef, 0xbb, 0xbf];

/** The longest value, in bytes, that is kept where its name does not set another; a usage object takes a few hundred. */
export const MAX_VALUE_BYTES = 64 * 1024;

type State = 'before' | 'key-or-end' | 'key' | 'colon' | 'value' | 'done' | 'broken';

/**
 * Picks values of the outermost object out of a JSON text that arrives in any pieces, without keeping the rest: a body
 * of any length takes the memory of the values asked for.
 */
export class FieldScanner {
  readonly #wanted: Names;
  /** What was found, each at the place of its name: a map for a few names costs more than to look for the place. */
  #found: (string | FieldScanner | undefined)[] = [];
  #state: State = 'before';
  /** The wanted key whose value comes; undefined where nobody wants it. */
  #key: Name | undefined;
  /** Reads the value that is being passed, where fields within it are wanted. */
  #inner: FieldScanner | null = null;
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

  /** Whether there was nothing so far but white space. */
  get empty(): boolean {
    return this.#state === 'before';
  }

  /** Whether the object was read to its closing brace. */
  get complete(): boolean {
    return this.#state === 'done';
  }

  /** Reads the next bytes. */
  write(chunk: Uint8Array): void {
    if (this.#from !== -1) this.#from = 0;
    // Quotes are looked for in a text: in bytes, each search would be a call into native code, which costs five times as much.
    const text = latin1(chunk);
    let at = 0;
    while (at < chunk.length && this.#state !== 'done' && this.#state !== 'broken') at = this.#step(chunk, text, at);
    if (this.#from !== -1) this.#keep(chunk, chunk.length);
  }

  /** The JSON text of a field's value; undefined where it was absent, cut off or too long. */
  text(key: string): string | undefined {
    const found = this.#foundOf(key);
    return typeof found === 'string' ? found : undefined;
  }

  /** The value of a field; undefined where it was absent, cut off, too long or no JSON. */
  value(key: string): unknown {
    const raw = this.text(key);
    return raw === undefined ? undefined : (plainText(raw) ?? parseJson(raw));
  }

  /** What was read of the fields within a value; undefined where the field was absent or cut off. */
  nested(key: string): FieldScanner | undefined {
    const found = this.#foundOf(key);
    return typeof found === 'object' ? found : undefined;
  }

  /** Reads on from an index to the next one; `text` has a character for each byte of the chunk. */
  #step(chunk: Uint8Array, text: string, at: number): number {
    switch (this.#state) {
      case 'key':
        return this.#readKey(chunk, text, at);
      case 'value':
        return this.#passValue(chunk, text, at);
      default:
        this.#between(chunk[at] ?? 0, at);
        return at + 1;
    }
  }

  /** The bytes around keys and values; what does not belong there ends the reading. */
  #between(byte: number, at: number): void {
    if (isWhiteSpace(byte)) return;
    if (this.#state === 'before') this.#begin(byte);
    else if (this.#state === 'colon') this.#startValue(byte, at);
    else if (byte === QUOTE) this.#startKey(at);
    else if (byte === CLOSE_OBJECT) this.#state = 'done';
    else if (byte !== COMMA) this.#state = 'broken';
  }

  /** The bytes of a byte order mark may precede the object. */
  #begin(byte: number): void {
    if (!BOM.includes(byte)) this.#state = byte === OPEN_OBJECT ? 'key-or-end' : 'broken';
  }

  #startKey(at: number): void {
    this.#key = undefined;
    this.#state = 'key';
    this.#inString = true;
    this.#from = at + 1;
  }

  #startValue(byte: number, at: number): void {
    this.#state = byte === COLON ? 'value' : 'broken';
    this.#from = this.#key === undefined ? -1 : at + 1;
    if (this.#key?.fields !== undefined) this.#inner = new FieldScanner(this.#key.fields);
  }

  #readKey(chunk: Uint8Array, text: string, at: number): number {
    const next = this.#passString(text, at);
    if (this.#inString) return next;
    this.#key = this.#wantedKey(chunk, next - 1);
    this.#state = 'colon';
    return next;
  }

  /** Goes on to the end of the string or the chunk. */
  #passString(text: string, start: number): number {
    let at = start;
    let quote = text.indexOf('"', at);
    while (quote !== -1 && this.#isEscaped(text, at, quote)) {
      this.#escaped = false;
      at = quote + 1;
      quote = text.indexOf('"', at);
    }
    this.#inString = quote === -1;
    this.#escaped = this.#inString && this.#isEscaped(text, at, text.length);
    return this.#inString ? text.length : quote + 1;
  }

  /** Whether an odd run of backslashes, which may have begun in the chunk before, ends at an index. */
  #isEscaped(text: string, from: number, end: number): boolean {
    let run = end;
    while (run > from && text.charCodeAt(run - 1) === BACKSLASH) run -= 1;
    const carried = run === from && this.#escaped ? 1 : 0;
    return (end - run + carried) % 2 === 1;
  }

  /** Goes on to the end of the value or the chunk. */
  #passValue(chunk: Uint8Array, text: string, start: number): number {
    let at = this.#inString ? this.#passString(text, start) : start;
    // A local: in the field it would be written to memory at each bracket.
    let depth = this.#depth;
    while (at < chunk.length) {
      const byte = chunk[at] ?? 0;
      at += 1;
      if (byte === QUOTE) at = this.#passString(text, at);
      else if (depth === 0 && endsValue(byte)) {
        this.#endValue(chunk, at - 1);
        return at;
      } else depth += nesting(byte);
    }
    this.#depth = depth;
    return at;
  }

  #endValue(chunk: Uint8Array, at: number): void {
    this.#depth = 0;
    if (this.#key !== undefined) this.#take(this.#key, chunk, at);
    this.#state = chunk[at] === CLOSE_OBJECT ? 'done' : 'key-or-end';
  }

  get #maxBytes(): number {
    return this.#key?.maxBytes ?? MAX_VALUE_BYTES;
  }

  #keep(chunk: Uint8Array, end: number): void {
    if (this.#inner !== null) {
      this.#inner.write(chunk.subarray(this.#from, end));
      return;
    }
    this.#keptBytes += end - this.#from;
    if (this.#keptBytes > this.#maxBytes) this.#kept = [];
    else this.#kept.push(Buffer.from(chunk.subarray(this.#from, end)));
  }

  /** The wanted key that ends at an index; what lies within the chunk is compared where it stands. */
  #wantedKey(chunk: Uint8Array, end: number): Name | undefined {
    if (this.#keptBytes === 0) {
      const from = this.#from;
      this.#from = -1;
      return keyIn(this.#wanted, chunk, from, end);
    }
    const length = this.#keptBytes + end - this.#from;
    const key = this.#joined(chunk, end);
    return length > MAX_VALUE_BYTES ? undefined : keyIn(this.#wanted, key, 0, key.length);
  }

  #take(key: Name, chunk: Uint8Array, end: number): void {
    if (this.#inner === null) {
      this.#found[key.place] = this.#rawValue(chunk, end);
      return;
    }
    this.#inner.write(chunk.subarray(this.#from, end));
    this.#found[key.place] = this.#inner;
    this.#inner = null;
    this.#from = -1;
  }

  #foundOf(key: string): string | FieldScanner | undefined {
    for (const { name, place } of this.#wanted) if (name === key) return this.#found[place];
    return undefined;
  }

  /** The text of the value that ends at an index; undefined where it is too long. */
  #rawValue(chunk: Uint8Array, end: number): string | undefined {
    const from = this.#from;
    const tooLong = this.#keptBytes + end - from > this.#maxBytes;
    const whole = this.#keptBytes === 0;
    const bytes = whole ? chunk : this.#joined(chunk, end);
    this.#from = -1;
    if (tooLong) return undefined;
    return whole ? textOf(bytes, from, end) : textOf(bytes, 0, bytes.length);
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

/** The longest key that is looked at for escapes; each character takes six bytes at most. */
const MAX_ESCAPED_KEY_BYTES = 256;

/** The wanted name that a key means: `"m\u006fdel"` is the key `model`. */
const keyIn = (wanted: Names, bytes: Uint8Array, start: number, end: number): Name | undefined => {
  const name = nameIn(wanted, bytes, start, end);
  if (name !== undefined || end - start > MAX_ESCAPED_KEY_BYTES) return name;
  if (!hasBackslash(bytes, start, end)) return undefined;
  const key = parseJson(`"${textOf(bytes, start, end)}"`);
  return wanted.find((one) => one.name === key);
};

/** Byte by byte: keys are short, and a native search begins with an object for the range. */
const hasBackslash = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let at = start; at < end; at += 1) if (bytes[at] === BACKSLASH) return true;
  return false;
};

/** Whether a byte outside of lists and objects ends a value. */
const endsValue = (byte: number): boolean => byte === COMMA || byte === CLOSE_OBJECT;

/** By how much a byte changes how deep what follows is nested. */
const nesting = (byte: number): number => {
  if (byte === OPEN_LIST || byte === OPEN_OBJECT) return 1;
  return byte === CLOSE_LIST || byte === CLOSE_OBJECT ? -1 : 0;
};

const isWhiteSpace = (byte: number): boolean => byte === SPACE || byte === 10 || byte === 13 || byte === 9;

/** The text that a JSON text quotes without escapes, as most do; undefined for anything else, what is no JSON among it. */
const plainText = (raw: string): string | undefined => {
  const last = raw.length - 1;
  if (last < 1 || raw.charCodeAt(0) !== QUOTE || raw.charCodeAt(last) !== QUOTE) return undefined;
  for (let at = 1; at < last; at += 1) {
    const code = raw.charCodeAt(at);
    if (code < SPACE || code === QUOTE || code === BACKSLASH) return undefined;
  }
  return raw.slice(1, last);
};

/** A character for each byte. */
const latin1 = (bytes: Uint8Array): string => {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('latin1');
};

const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.isBuffer(bytes) ? bytes.toString('utf8', start, end) : decoder.decode(bytes.subarray(start, end));
