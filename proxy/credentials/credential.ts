import { OTHER } from '#catalog';
import { digest, type Place, place } from './rendezvous.ts';

/** What a credential of the pool is: an API key, or an OAuth token of a subscription. */
export type CredentialKind = 'api_key' | 'oauth';

/** A credential of the pool. */
export interface Credential extends Place {
  /** The file's name as a slug. */
  readonly id: string;
  readonly kind: CredentialKind;
  /** The headers that authenticate a request with it; a beta is to be merged into those that the client asks for. */
  readonly headers: Readonly<Record<string, string>>;
  /** Changes when the secret does, and does not give it away. */
  readonly fingerprint: string;
}

/** The longest name of a credential. */
export const MAX_ID_LENGTH = 32;

/** The beta without which the API refuses OAuth tokens. */
export const OAUTH_BETA = 'oauth-2025-04-20';

/** The name of a credential for the name of its file: lower case, at most 32 characters, `-` for all that is no letter or digit. */
export const slug = (fileName: string): string =>
  fileName
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, MAX_ID_LENGTH)
    .replace(/-+$/, '');

/** The characters that a bearer token may have. @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** A secret's form, with what to do about one that cannot be used. The first form that matches counts. */
const FORMS: readonly { readonly form: RegExp; readonly kind: CredentialKind | null; readonly repair: string }[] = [
  { form: /^sk-ant-api/, kind: 'api_key', repair: '' },
  { form: /^sk-ant-oat/, kind: 'oauth', repair: '' },
  { form: /^sk-ant-ort/, kind: null, repair: 'holds a refresh token; mount the access token (sk-ant-oat…)' },
  {
    form: /^sk-ant-admin/,
    kind: null,
    repair: 'holds an admin key, which cannot send messages; mount an API key (sk-ant-api…)',
  },
  { form: TOKEN, kind: 'oauth', repair: '' },
];

const NO_FORM = 'holds no credential; write one API key (sk-ant-api…) or one OAuth token (sk-ant-oat…) on one line';

const headersOf = (kind: CredentialKind, secret: string): Readonly<Record<string, string>> =>
  kind === 'api_key' ? { 'x-api-key': secret } : { authorization: `Bearer ${secret}`, 'anthropic-beta': OAUTH_BETA };

/** The credential that a file holds, or what is wrong with it; neither the text of a problem nor its length gives the secret away. */
export const parseCredential = (fileName: string, content: string): Credential | { readonly problem: string } => {
  const id = slug(fileName);
  if (id === '' || id === OTHER) {
    return { problem: `'${fileName}' cannot name a credential (it would read '${id}'); name the file otherwise` };
  }
  const secret = content.trim();
  const known = TOKEN.test(secret) ? FORMS.find(({ form }) => form.test(secret)) : undefined;
  if (known === undefined || known.kind === null) return { problem: `'${fileName}' ${known?.repair ?? NO_FORM}` };
  return {
    ...place(id),
    kind: known.kind,
    headers: headersOf(known.kind, secret),
    fingerprint: digest(secret).slice(0, 8),
  };
};
