import { connect, type Socket } from 'node:net';

/** What came back over a connection, down to the bytes. */
export interface RawAnswer {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** Names and values as sent, in order. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly trailers: readonly (readonly [string, string])[];
  /** The provisional answers before it. */
  readonly informed: readonly number[];
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

/** A connection that writes bytes as they are and reads answers without any library between. */
export class RawClient {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #received: Buffer = Buffer.alloc(0);
  #over = false;
  #wake = () => {};

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.#over = true;
      this.#wake();
    });
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** Everything that has come and was not read as an answer. */
  get rest(): Buffer {
    return this.#received;
  }

  /** Reads the next final answer. @throws when the connection ends within it */
  async answer(method = 'POST'): Promise<RawAnswer> {
    const informed: number[] = [];
    for (;;) {
      const head = parseHead((await this.#until(HEAD_END)).toString('latin1'));
      if (head.status >= 200) return { ...head, ...(await this.#body(head, method)), informed };
      informed.push(head.status);
    }
  }

  /** Waits until some bytes have come that contain a text. */
  async sees(text: string): Promise<void> {
    while (!this.#received.includes(text)) await this.#more();
  }

  async #body(head: Head, method: string): Promise<Pick<RawAnswer, 'body' | 'trailers'>> {
    const find = (name: string) => head.headers.find(([key]) => key.toLowerCase() === name)?.[1];
    if (method === 'HEAD' || head.status === 204 || head.status === 304) return { body: Buffer.alloc(0), trailers: [] };
    const length = find('content-length');
    if (length !== undefined) return { body: await this.#take(Number(length)), trailers: [] };
    if (find('transfer-encoding') === 'chunked') return this.#chunked();
    await this.closed;
    return { body: await this.#take(this.#received.length), trailers: [] };
  }

  async #chunked(): Promise<Pick<RawAnswer, 'body' | 'trailers'>> {
    const chunks: Buffer[] = [];
    for (;;) {
      const size = Number.parseInt((await this.#until(LINE_END)).toString('latin1'), 16);
      if (size === 0) return { body: Buffer.concat(chunks), trailers: await this.#trailers() };
      chunks.push(await this.#take(size));
      await this.#take(LINE_END.length);
    }
  }

  async #trailers(): Promise<(readonly [string, string])[]> {
    const trailers: (readonly [string, string])[] = [];
    for (;;) {
      const line = (await this.#until(LINE_END)).toString('latin1').trim();
      if (line === '') return trailers;
      trailers.push(pair(line));
    }
  }

  async #until(mark: Buffer): Promise<Buffer> {
    for (;;) {
      const at = this.#received.indexOf(mark);
      if (at >= 0) return this.#take(at + mark.length);
      await this.#more();
    }
  }

  async #take(bytes: number): Promise<Buffer> {
    while (this.#received.length < bytes) await this.#more();
    const taken = this.#received.subarray(0, bytes);
    this.#received = this.#received.subarray(bytes);
    return taken;
  }

  async #more(): Promise<void> {
    if (this.#over)
      throw new Error(`the connection ended after ${JSON.stringify(this.#received.toString('latin1', 0, 200))}`);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}

type Head = Pick<RawAnswer, 'version' | 'status' | 'reason' | 'headers'>;

const parseHead = (text: string): Head => {
  const [first = '', ...lines] = text.trimEnd().split('\r\n');
  const [version = '', status = '', ...reason] = first.split(' ');
  return { version, status: Number(status), reason: reason.join(' '), headers: lines.map(pair) };
};

const pair = (line: string): readonly [string, string] => {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
};

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/** The headers that say something of the message and not of the connection. */
export const endToEnd = (headers: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] =>
  headers.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()));
