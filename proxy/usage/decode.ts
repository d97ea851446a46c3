import type { Transform } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';

/** Takes bytes as they were before compression. */
export type TakeBytes = (bytes: Uint8Array) => void;

/** Undoes content codings. */
export interface Decoder {
  write(chunk: Uint8Array): void;
  /**
   * Resolves when all that could be decoded was handed on, at the latest after the time limit: true where the coding
   * came to its end, false where it was cut, broken or beyond a limit.
   */
  end(): Promise<boolean>;
}

/** How much memory, output and time the decoding of one response may take. */
export interface DecodeLimits {
  /** Compressed bytes that may wait; more arrives only faster than it can be decoded. */
  readonly backlogBytes: number;
  /** Decoded bytes; a longer response is a bomb. */
  readonly outputBytes: number;
  /** Time for what is left when the response has ended. */
  readonly endMs: number;
}

/** Limits far above a real answer: a stream of 128,000 tokens is some tens of megabytes of events. */
export const DECODE_LIMITS: DecodeLimits = { backlogBytes: 4 << 20, outputBytes: 256 << 20, endMs: 2_000 };

/** The largest window that the zstd content coding may ask for, as a power of two. @see https://www.rfc-editor.org/rfc/rfc9659 */
const ZSTD_WINDOW_LOG = 23;

/** The low bits of the first byte of a zlib header. @see https://www.rfc-editor.org/rfc/rfc1950#section-2.2 */
const isZlib = (firstByte: number): boolean => (firstByte & 0x0f) === 8;

const inflate = (firstByte: number): Transform => (isZlib(firstByte) ? createInflate() : createInflateRaw());

const zstd = (): Transform => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } });

/** Some servers send deflate without its zlib header, so the first byte decides. */
const CODINGS = new Map<string, (firstByte: number) => Transform>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', inflate],
  ['br', () => createBrotliDecompress()],
  ['zstd', zstd],
]);

/** The most codings in a row that are undone; servers apply one, a misconfigured gateway a second. */
const MAX_CODINGS = 3;

/** The codings of a `Content-Encoding` in the order in which they were applied. */
const codingsOf = (encoding: string | undefined): readonly string[] =>
  (encoding ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');

/** Whether a `Content-Encoding` leaves bytes as they are. */
export const isPlain = (encoding: string | undefined): boolean =>
  encoding === undefined || codingsOf(encoding).length === 0;

/** A decoder for a `Content-Encoding`; undefined where one of its codings is not known, or they are too many. */
export const createDecoder = (
  encoding: string | undefined,
  take: TakeBytes,
  limits: DecodeLimits = DECODE_LIMITS,
): Decoder | undefined => {
  const codings = codingsOf(encoding).map((name) => CODINGS.get(name));
  if (codings.length > MAX_CODINGS) return undefined;
  let decoder: Decoder | undefined;
  for (const coding of codings) {
    if (coding === undefined) return undefined;
    decoder = decoder === undefined ? new StreamDecoder(coding, take, limits) : before(decoder, coding, limits);
  }
  return decoder;
};

/** Undoes a coding that was applied after those of another decoder. */
const before = (next: Decoder, coding: (firstByte: number) => Transform, limits: DecodeLimits): Decoder => {
  const first = new StreamDecoder(coding, (bytes) => next.write(bytes), limits);
  return {
    write: (chunk) => first.write(chunk),
    end: async () => {
      const complete = await first.end();
      return (await next.end()) && complete;
    },
  };
};

class StreamDecoder implements Decoder {
  readonly #coding: (firstByte: number) => Transform;
  readonly #take: TakeBytes;
  readonly #limits: DecodeLimits;
  #stream: Transform | null = null;
  #output = 0;
  #over = false;
  #complete = false;
  #whenOver: () => void = () => undefined;

  constructor(coding: (firstByte: number) => Transform, take: TakeBytes, limits: DecodeLimits) {
    this.#coding = coding;
    this.#take = take;
    this.#limits = limits;
  }

  write(chunk: Uint8Array): void {
    if (this.#over || chunk.length === 0) return;
    this.#stream ??= this.#open(chunk[0] ?? 0);
    this.#stream.write(chunk);
    if (this.#stream.writableLength > this.#limits.backlogBytes) this.#finish();
  }

  end(): Promise<boolean> {
    if (this.#over || this.#stream === null) return Promise.resolve(this.#complete);
    this.#stream.end();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#finish(), this.#limits.endMs);
      this.#whenOver = () => {
        clearTimeout(timer);
        resolve(this.#complete);
      };
    });
  }

  #open(firstByte: number): Transform {
    const finish = () => this.#finish();
    const stream = this.#coding(firstByte);
    return stream
      .on('data', (bytes: Uint8Array) => this.#hand(bytes))
      .on('end', () => {
        this.#complete = true;
        finish();
      })
      .on('error', finish)
      .on('close', finish);
  }

  #hand(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#output += bytes.length;
    if (this.#output > this.#limits.outputBytes) this.#finish();
    else this.#take(bytes);
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stream?.destroy();
    this.#whenOver();
  }
}
