const KEY = Buffer.from('"stream"');
const TRUE = /^\s*:\s*true/;

/** What follows the key and still decides: white space, a colon, white space and `true`. */
const LOOK_AHEAD = 32;

const asksAt = (bytes: Buffer, start: number): boolean =>
  TRUE.test(bytes.toString('latin1', start, start + LOOK_AHEAD));

const asks = (bytes: Buffer): boolean => {
  for (let at = bytes.indexOf(KEY); at >= 0; at = bytes.indexOf(KEY, at + KEY.length)) {
    if (asksAt(bytes, at + KEY.length)) return true;
  }
  return false;
};

/**
 * Watches a request body pass for `"stream": true`. Inside a JSON string quotes are escaped, so the bytes `"stream"`
 * occur as a key or a whole value only; a nested object's key of that name can deceive it until the answer's content
 * type tells.
 */
export class StreamFlag {
  #tail: Buffer | null = null;

  /** Whether the flag is in the bytes so far; once it was seen, later bytes need not be shown. */
  sees(chunk: Buffer): boolean {
    const seen = asks(this.#tail === null ? chunk : Buffer.concat([this.#tail, chunk]));
    this.#tail = lastBytes(this.#tail, chunk);
    return seen;
  }
}

const KEPT = KEY.length + LOOK_AHEAD;

/** Copies, because a view would keep the whole chunk alive for the sake of a few bytes. */
const lastBytes = (tail: Buffer | null, chunk: Buffer): Buffer => {
  if (chunk.length >= KEPT || tail === null) return Buffer.from(chunk.subarray(Math.max(0, chunk.length - KEPT)));
  const joined = Buffer.concat([tail, chunk]);
  return joined.subarray(Math.max(0, joined.length - KEPT));
};

/** Whether a whole request body asks for a stream. */
export const asksForStream = (body: Buffer): boolean => asks(body);
