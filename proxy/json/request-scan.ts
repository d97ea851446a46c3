import { FieldScanner } from './field-scanner.ts';
import { objectOf, parseJson } from './json.ts';
import { namesOf } from './names.ts';

/** The top-level fields of a request body that are read; of `metadata` the `user_id`. */
type RequestField = 'model' | 'stream' | 'metadata';

/** What a request body has in its fields, read while it passes; every value can be asked for at any time. */
export interface RequestScan {
  /** Shows the next bytes of the body; they are neither kept nor changed. Never throws. */
  write(chunk: Uint8Array): void;
  /** The model, as far as the body was shown; null while it is absent or where it is no string. */
  readonly model: string | null;
  /** Whether the body asks for a stream: `stream` is `true`. */
  readonly stream: boolean;
  /** The account in Claude Code's `metadata.user_id`, in lower case; null where it names none. The client's claim, not a fact. */
  readonly accountUuid: string | null;
}

/** Creates scans of request bodies, one a request. */
export interface RequestScans {
  create(): RequestScan;
}

const FIELDS = namesOf(['model', 'stream', 'metadata'] satisfies readonly RequestField[]);

/** The most texts of `metadata` whose account is remembered, in each of two generations, and the longest of them. */
const MAX_REMEMBERED = 2_048;
const MAX_REMEMBERED_LENGTH = 512;

/**
 * Creates the scans of a proxy. Only fields of the outermost object count, of duplicates the last, as JSON parsers read
 * them; a body that is no JSON object has none. The requests of a session repeat their `metadata`, so its account is
 * remembered.
 */
export const createRequestScans = (): RequestScans => {
  let young = new Map<string, string | null>();
  let old = new Map<string, string | null>();
  const accountIn = (metadata: string): string | null => {
    const known = young.has(metadata) ? young.get(metadata) : old.get(metadata);
    if (known !== undefined) return known;
    const account = accountOf(objectOf(parseJson(metadata)).user_id);
    if (metadata.length > MAX_REMEMBERED_LENGTH) return account;
    if (young.size >= MAX_REMEMBERED) [old, young] = [young, new Map()];
    young.set(metadata, account);
    return account;
  };
  return { create: () => new BodyScan(accountIn) };
};

class BodyScan implements RequestScan {
  readonly #scanner = new FieldScanner(FIELDS);
  readonly #accountIn: (metadata: string) => string | null;

  constructor(accountIn: (metadata: string) => string | null) {
    this.#accountIn = accountIn;
  }

  get model(): string | null {
    const model = this.#scanner.value('model');
    return typeof model === 'string' ? model : null;
  }

  get stream(): boolean {
    return this.#scanner.text('stream')?.trim() === 'true';
  }

  get accountUuid(): string | null {
    const metadata = this.#scanner.text('metadata');
    return metadata === undefined ? null : this.#accountIn(metadata);
  }

  write(chunk: Uint8Array): void {
    this.#scanner.write(chunk);
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Claude Code up to 2.1.77: a hash of the device, the account and the session; the account is empty for API keys. */
const JOINED = /^user_[0-9a-f]{1,128}_account_([0-9a-f-]{36})_session_[\w-]{1,128}$/i;

/** The account in a `user_id`; Claude Code writes JSON since 2.1.78. */
const accountOf = (userId: unknown): string | null => {
  if (typeof userId !== 'string') return null;
  const json = userId.startsWith('{') ? objectOf(parseJson(userId)) : {};
  const uuid = JOINED.exec(userId)?.[1] ?? json.account_uuid;
  return typeof uuid === 'string' && UUID.test(uuid) ? uuid.toLowerCase() : null;
};
