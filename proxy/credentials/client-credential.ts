import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Headers, headerOf } from '../http/headers.ts';

/** The digits of an id: enough to tell a company's credentials and accounts apart, too few to find one by trying. */
const ID_DIGITS = 8;

/** A salt shorter than this can be guessed, and with it whether somebody's credential is a given one. */
const LEAST_SALT_BYTES = 16;

/** How many ids are kept at most: more than clients that one pod serves; each takes about 200 bytes. */
const MAX_CACHED = 4_096;

/** No credential is longer; the ids of longer texts are computed each time, so that nobody fills the memory with them. */
const MAX_CACHED_LENGTH = 512;

/**
 * The salt of a mounted file, without white space at its ends; a random one where no file is given, which makes other ids
 * in each process.
 *
 * @throws when the file cannot be read or is too short
 */
export const readSalt = (file: string | undefined): Buffer => {
  if (file === undefined) return randomBytes(2 * LEAST_SALT_BYTES);
  const salt = Buffer.from(readFileSync(file, 'latin1').trim(), 'latin1');
  if (salt.length >= LEAST_SALT_BYTES) return salt;
  throw new Error(
    `the salt in '${file}' must have at least ${LEAST_SALT_BYTES} bytes, got ${salt.length}; write the output of 'openssl rand -hex 32' into it`,
  );
};

/**
 * Makes the short ids of clients' credentials: the same for the same salt, whichever replica makes them. The ids that were
 * asked for last are kept in two generations, the older of which is dropped when the younger is full, so that an id that
 * is known costs one look into a map.
 */
export const createCredentialIds = (salt: Uint8Array): ((credential: string) => string) => {
  // Made once: a plain buffer is turned into a key at each use, which takes several times as long as the HMAC itself.
  const key = createSecretKey(salt);
  let young = new Map<string, string>();
  let old = new Map<string, string>();
  return (credential) => {
    const known = young.get(credential);
    if (known !== undefined) return known;
    const id = old.get(credential) ?? createHmac('sha256', key).update(credential).digest('hex').slice(0, ID_DIGITS);
    if (credential.length > MAX_CACHED_LENGTH) return id;
    if (young.size >= MAX_CACHED / 2) {
      old = young;
      young = new Map();
    }
    young.set(credential, id);
    return id;
  };
};

/**
 * Makes the short ids of accounts of organizations, with the ids of credentials. No client can send a credential that has
 * the id of an account, because no header can hold the separators.
 */
export const createAccountIds =
  (credentialId: (credential: string) => string) =>
  (organization: string, account: string): string =>
    credentialId(`\0${organization}\0${account}`);

/** The scheme of an `authorization`, a `Bearer` without a token among them. */
const SCHEME = /^(?:bearer$|\S+\s+)/i;

/** The credential that a client sent: its `x-api-key`, else what follows the scheme of its `authorization`; null for none. */
export const clientCredential = (headers: Headers): string | null => {
  const key = headerOf(headers, 'x-api-key')?.trim();
  if (key !== undefined && key !== '') return key;
  const token = headerOf(headers, 'authorization')?.trim().replace(SCHEME, '');
  return token === undefined || token === '' ? null : token;
};
