import { createHash } from 'node:crypto';

/** The kinds of manifest that list one image a platform. */
const INDEXES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

const TIMEOUT_MS = 20_000;

/** Docker Hub answers under another name than the one its images carry. */
const HOSTS: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' };

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

const manifestUrl = (repository: string, tag: string): string => {
  const [host = '', ...path] = repository.split('/');
  return `${LOOPBACK.test(host) ? 'http' : 'https'}://${HOSTS[host] ?? host}/v2/${path.join('/')}/manifests/${tag}`;
};

/** What stopped a request: fetch hides it in the cause of its own error. */
const reason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
};

const get = async (url: string, headers: Readonly<Record<string, string>>): Promise<Response> => {
  try {
    return await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    const why = `registry ${new URL(url).host} cannot be reached, received ${reason(cause)}`;
    throw new Error(`${why}; run this where there is a way to it`, { cause });
  }
};

const parameters = (challenge: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));

/**
 * The token that a registry's challenge asks for; public images need no login.
 *
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
const tokenFor = async (challenge: string): Promise<string> => {
  const { realm, ...query } = parameters(challenge);
  if (!challenge.startsWith('Bearer ') || realm === undefined) {
    throw new Error(
      `the registry wants to authenticate by a bearer token, received '${challenge}'; name a public image`,
    );
  }
  const url = new URL(realm);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const response = await get(url.href, {});
  const body = response.ok ? ((await response.json()) as { token?: string; access_token?: string }) : {};
  const token = body.token ?? body.access_token;
  if (token === undefined)
    throw new Error(`${url.host} returned no token, received ${response.status}; is the image public?`);
  return token;
};

const manifest = async (url: string): Promise<Response> => {
  const accept = { accept: INDEXES.join(', ') };
  const first = await get(url, accept);
  if (first.status !== 401) return first;
  await first.body?.cancel();
  const token = await tokenFor(first.headers.get('www-authenticate') ?? '');
  return get(url, { ...accept, authorization: `Bearer ${token}` });
};

/**
 * The digest of a tag's multi-platform index, computed from its bytes.
 *
 * @throws when the registry cannot be reached, has no such tag, or the tag is no index
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export const resolveDigest = async (repository: string, tag: string): Promise<string> => {
  const response = await manifest(manifestUrl(repository, tag));
  if (!response.ok) throw new Error(`${repository}:${tag} must exist, received ${response.status}; correct the tag`);
  const kind = response.headers.get('content-type')?.split(';')[0] ?? 'nothing';
  if (!INDEXES.includes(kind)) {
    throw new Error(`${repository}:${tag} must be an index of several platforms, received ${kind}; choose another tag`);
  }
  const digest = `sha256:${createHash('sha256')
    .update(new Uint8Array(await response.arrayBuffer()))
    .digest('hex')}`;
  const announced = response.headers.get('docker-content-digest') ?? digest;
  if (announced !== digest) {
    throw new Error(`${repository}:${tag} must be what the registry says, ${announced}, received ${digest}; try again`);
  }
  return digest;
};
