/**
 * Whether a header belongs to one connection only and is not forwarded. `expect` is answered by the proxy, `host` is
 * the upstream's own, and a `cookie` is that of the proxy's host, which all its clients share.
 *
 * Lengths first: most names differ in length from all of these and cost one comparison.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
 */
const staysOfRequest = (name: string): boolean => {
  switch (name.length) {
    case 2:
      return same(name, 'te');
    case 4:
      return same(name, 'host');
    case 6:
      return same(name, 'expect') || same(name, 'cookie');
    case 7:
      return same(name, 'upgrade') || same(name, 'trailer');
    case 10:
      return same(name, 'connection') || same(name, 'keep-alive');
    case 14:
      return same(name, 'http2-settings');
    case 16:
      return same(name, 'proxy-connection');
    case 17:
      return same(name, 'transfer-encoding');
    case 19:
      return same(name, 'proxy-authorization');
    default:
      return false;
  }
};

/**
 * The same for answers. Cookies, strict transport security and alternative services are the upstream's word about its
 * own host; a client would take them for the proxy's.
 */
const staysOfResponse = (name: string): boolean => {
  switch (name.length) {
    case 7:
      return same(name, 'upgrade') || same(name, 'alt-svc');
    case 10:
      return same(name, 'connection') || same(name, 'keep-alive') || same(name, 'set-cookie');
    case 16:
      return same(name, 'proxy-connection');
    case 17:
      return same(name, 'transfer-encoding');
    case 18:
      return same(name, 'proxy-authenticate');
    case 25:
      return same(name, 'strict-transport-security');
    default:
      return false;
  }
};

const same = (name: string, lower: string): boolean => name === lower || name.toLowerCase() === lower;

/** A `connection` header that names no further headers. */
const PLAIN_CONNECTION = /^(?:keep-alive|close)$/i;

/** Headers that `connection` may not take away: they frame the message or say what it is. */
const FRAMING = new Set(['content-length', 'content-type', 'host', 'authorization', 'x-api-key']);

/** The lower-case names of further headers that a `connection` header declares hop-by-hop; undefined where it names none. */
const namedHops = (connection: string | undefined): ReadonlySet<string> | undefined => {
  if (connection === undefined || PLAIN_CONNECTION.test(connection)) return undefined;
  const names = connection.split(',').map((name) => name.trim().toLowerCase());
  return new Set(names.filter((name) => !FRAMING.has(name)));
};

/** What replaces the credential of the client; `anthropic-beta` is added to the client's list instead. */
export type CredentialHeaders = Readonly<Record<string, string>>;

const BETA = 'anthropic-beta';

/**
 * The headers of the upstream request: those of the client with their spelling, order and repetitions, without the
 * hop-by-hop ones; where a credential is given it takes the place of the client's.
 */
export const requestHeaders = (
  raw: readonly string[],
  connection: string | undefined,
  credential?: CredentialHeaders,
): string[] => {
  const named = namedHops(connection);
  const headers: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    if (staysOfRequest(name) || named?.has(name.toLowerCase())) continue;
    headers.push(name, raw[i + 1] as string);
  }
  return credential === undefined ? headers : withCredential(headers, credential);
};

/** The lower-case names of what a credential replaces; a credential is used for many requests. */
const replacedBy = (credential: CredentialHeaders): ReadonlySet<string> => {
  const known = replacedNames.get(credential);
  if (known !== undefined) return known;
  const names = new Set(['x-api-key', 'authorization', ...Object.keys(credential).map((name) => name.toLowerCase())]);
  replacedNames.set(credential, names);
  return names;
};

const replacedNames = new WeakMap<CredentialHeaders, ReadonlySet<string>>();

const withCredential = (headers: readonly string[], credential: CredentialHeaders): string[] => {
  const replaced = replacedBy(credential);
  const betas: string[] = [];
  const result: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as string;
    const lower = name.toLowerCase();
    if (lower === BETA) betas.push(headers[i + 1] as string);
    else if (!replaced.has(lower)) result.push(name, headers[i + 1] as string);
  }
  for (const [name, value] of Object.entries(credential)) {
    if (name.toLowerCase() === BETA) betas.push(...missingBetas(value, betas));
    else result.push(name, value);
  }
  for (const value of betas) result.push(BETA, value);
  return result;
};

const listOf = (value: string): readonly string[] => value.split(',').map((item) => item.trim());

const missingBetas = (wanted: string, present: readonly string[]): readonly string[] => {
  const known = new Set(present.flatMap(listOf));
  const missing = listOf(wanted).filter((beta) => !known.has(beta));
  return missing.length === 0 ? [] : [missing.join(',')];
};

/** Raw headers as undici hands them over: names and values in turn. */
export type RawHeaders = readonly (Buffer | string)[];

/** The one transfer coding of nearly every answer. */
const CHUNKED = 'chunked';

/**
 * Codings besides `chunked` that the body keeps on its way, as a header for the client: undici takes off the chunks
 * alone. Null for none.
 */
const keptCodings = (name: string, value: string): readonly string[] | null => {
  if (value === CHUNKED || !same(name, 'transfer-encoding')) return null;
  const codings = value.split(',').map((coding) => coding.trim());
  const kept = codings.filter((coding) => coding !== '' && coding.toLowerCase() !== CHUNKED);
  return kept.length === 0 ? null : [name, [...kept, CHUNKED].join(', ')];
};

/**
 * The headers of the client's answer: those of the upstream with their spelling, order and repetitions, without the
 * hop-by-hop ones and those about the upstream's host.
 */
export const responseHeaders = (raw: RawHeaders, connection: string | string[] | undefined): string[] => {
  const named = namedHops(Array.isArray(connection) ? connection.join(',') : connection);
  const texts = textsOf(raw);
  const headers: string[] = [];
  for (let i = 0; i + 1 < texts.length; i += 2) {
    const name = texts[i] as string;
    const value = texts[i + 1] as string;
    if (staysOfResponse(name)) headers.push(...(keptCodings(name, value) ?? NOTHING));
    else if (!named?.has(name.toLowerCase())) headers.push(name, value);
  }
  return headers;
};

const NOTHING: readonly string[] = [];

/** Header bytes beyond ASCII pass unchanged only as latin1. @see https://www.rfc-editor.org/rfc/rfc9110#section-5.5 */
const latin1 = (value: Buffer | string): string => (typeof value === 'string' ? value : value.toString('latin1'));

/** The most bytes from the first to the last header that are decoded at once; what lies further apart is not one head. */
const MAX_HEAD_BYTES = 64 * 1024;

/**
 * The texts of raw headers. Those of one answer mostly lie in one piece of memory, which is decoded at once: a native call
 * for each of them would cost more than all else that is done with them.
 */
const textsOf = (raw: RawHeaders): readonly string[] => {
  const first = raw[0];
  const last = raw.at(-1);
  if (first === undefined || last === undefined || typeof first === 'string' || typeof last === 'string') {
    return raw.map(latin1);
  }
  const { buffer: memory, byteOffset: start } = first;
  const end = last.byteOffset + last.length;
  if (last.buffer !== memory || end < start || end - start > MAX_HEAD_BYTES) return raw.map(latin1);
  const head = Buffer.from(memory, start, end - start).toString('latin1');
  return raw.map((part) => {
    if (typeof part === 'string' || part.buffer !== memory) return latin1(part);
    const from = part.byteOffset - start;
    return from < 0 || from + part.length > head.length ? latin1(part) : head.slice(from, from + part.length);
  });
};
