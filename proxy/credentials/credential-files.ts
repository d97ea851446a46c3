import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Credential, parseCredential } from './credential.ts';

/** The credentials of a folder, and what was wrong with the files that hold none. */
export interface CredentialFiles {
  readonly credentials: readonly Credential[];
  /** Each names the file and says what to do; no secret is in it. */
  readonly problems: readonly string[];
  /** What to consider about the credentials that were taken. */
  readonly warnings: readonly string[];
}

/** Which credentials of a folder are taken. */
export interface CredentialRules {
  /** Whether OAuth tokens of subscriptions are taken; a file that holds one is a problem otherwise. */
  readonly oauth: boolean;
}

/** A secret has about a hundred bytes; a longer file is something else and is not read into memory. */
const MAX_FILE_BYTES = 16 * 1024;

/**
 * Reads one credential a file, in the order of the files' names. Names that begin with a dot are not files of ours: a
 * mounted Secret keeps its versions and the `..data` link there.
 *
 * @throws when the folder cannot be listed
 */
export const readCredentialFiles = async (folder: string, { oauth }: CredentialRules): Promise<CredentialFiles> => {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).toSorted();
  const credentials = new Map<string, Credential>();
  const problems: string[] = [];
  for (const name of names) {
    const read = await readOne(folder, name);
    if ('problem' in read) problems.push(read.problem);
    else if (read.kind === 'oauth' && !oauth) problems.push(`'${name}' ${OAUTH_REFUSED}`);
    else if (credentials.has(read.id)) problems.push(`'${name}' is named '${read.id}' like another file; rename it`);
    else credentials.set(read.id, read);
  }
  return { credentials: [...credentials.values()], problems, warnings: warningsOf([...credentials.values()]) };
};

const OAUTH_REFUSED =
  'holds an OAuth token of a subscription, and sharing one may be against the terms of the provider; mount an API key ' +
  '(sk-ant-api…), or read the terms and set poolOauth (TIDEWATCH_POOL_OAUTH=true)';

const warningsOf = (credentials: readonly Credential[]): readonly string[] => {
  const oauth = credentials.filter(({ kind }) => kind === 'oauth').map(({ id }) => `'${id}'`);
  if (oauth.length === 0) return [];
  return [
    `the pool shares OAuth tokens of subscriptions (${oauth.join(', ')}): this may be against the terms of the provider`,
  ];
};

const readOne = async (folder: string, name: string): Promise<ReturnType<typeof parseCredential>> => {
  try {
    const content = await readFile(join(folder, name), 'utf8');
    if (content.length > MAX_FILE_BYTES)
      return { problem: `'${name}' is too long for a credential; mount the secret alone` };
    return parseCredential(name, content);
  } catch (error) {
    return { problem: `'${name}' cannot be read (${codeOf(error)}); make it a file that this user may read` };
  }
};

/** The code of a system error; its message would add nothing but the path. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
