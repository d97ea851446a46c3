import { windowNamed } from '#catalog';
import { type Headers, headerOf } from '../http/headers.ts';
import { numberOf, type Observation, percent } from './observation.ts';

const PREFIX = 'anthropic-ratelimit-unified-';

/** Paid usage beyond the windows has headers of the same form; like `extra_usage` of the poll it is no window. */
const NO_WINDOW = 'overage';

interface Draft {
  readonly window: string;
  utilization: number | null;
  resetsAt: number | null;
  status: string | null;
}

type Read = (draft: Draft, text: string) => void;

/** Puts the value of one header into the draft of its window, by the last word of the header's name; what cannot be read stays null. */
const READ: ReadonlyMap<string, Read> = new Map<string, Read>([
  [
    'utilization',
    (draft, text) => {
      // A fraction; 1 is the whole window, and it can be exceeded.
      const fraction = numberOf(text);
      draft.utilization = percent(fraction === null ? null : fraction * 100);
    },
  ],
  [
    'reset',
    (draft, text) => {
      const seconds = numberOf(text);
      draft.resetsAt = seconds === null ? null : seconds * 1_000;
    },
  ],
  [
    'status',
    (draft, text) => {
      draft.status = text;
    },
  ],
]);

/** What the name of a header means. */
interface Named {
  readonly window: string;
  readonly read: Read;
}

const named = (header: string): Named | null => {
  const dash = header.lastIndexOf('-');
  const read = READ.get(header.slice(dash + 1));
  const given = header.slice(PREFIX.length, dash);
  return read === undefined || given === '' || given === NO_WINDOW ? null : { window: windowNamed(given), read };
};

/** The upstream uses a dozen names; more are read without being remembered, so that nobody fills the memory with them. */
const MAX_NAMES = 64;

/** Reads the headers of answer after answer; it remembers what their names mean, because every answer repeats them. */
export class HeaderReader {
  readonly #names = new Map<string, Named | null>();

  /** The windows that the headers `anthropic-ratelimit-unified-<window>-{utilization,reset,status}` of an answer describe. */
  read(headers: Headers): readonly Observation[] {
    const drafts: Draft[] = [];
    for (const header in headers) {
      if (header.startsWith(PREFIX)) this.#readHeader(drafts, headers, header);
    }
    return drafts;
  }

  #readHeader(drafts: Draft[], headers: Headers, header: string): void {
    const known = this.#named(header);
    const text = known === null ? undefined : headerOf(headers, header);
    if (known === null || text === undefined) return;
    const { window, read } = known;
    let draft = drafts.find((one) => one.window === window);
    if (draft === undefined) {
      draft = { window, utilization: null, resetsAt: null, status: null };
      drafts.push(draft);
    }
    read(draft, text);
  }

  #named(header: string): Named | null {
    const known = this.#names.get(header);
    if (known !== undefined) return known;
    const read = named(header);
    if (this.#names.size < MAX_NAMES) this.#names.set(header, read);
    return read;
  }
}

/** The windows that the headers of one answer describe. */
export const readHeaders = (headers: Headers): readonly Observation[] => new HeaderReader().read(headers);
