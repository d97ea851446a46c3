import { BlockList, isIP } from 'node:net';

/** Environment variables by name. */
type Environment = Readonly<Record<string, string | undefined>>;

/** An HTTP proxy through which the upstream is reached. Serialized as JSON it is its origin: the credentials stay private. */
export class OutboundProxy {
  /** Scheme, host and port of the proxy. */
  readonly origin: string;
  readonly #authorization: string | null;

  /** @param url - the proxy; user name and password in it are sent as `proxy-authorization` */
  constructor(url: URL) {
    this.origin = url.origin;
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    this.#authorization = user === ':' ? null : `Basic ${Buffer.from(user).toString('base64')}`;
  }

  /** The value of `proxy-authorization`; null for a proxy without credentials. */
  authorization(): string | null {
    return this.#authorization;
  }

  /** The origin alone. */
  toJSON(): string {
    return this.origin;
  }
}

/** `HTTPS_PROXY` and `HTTP_PROXY`, in either case, where the lower case wins as with curl. */
const VARIABLES = { 'https:': ['https_proxy', 'HTTPS_PROXY'], 'http:': ['http_proxy', 'HTTP_PROXY'] } as const;
const NO_PROXY = ['no_proxy', 'NO_PROXY'] as const;

/** The first of some variables that is set, with its name. */
const firstSet = (environment: Environment, names: readonly string[]): readonly [string, string] | null => {
  for (const name of names) {
    const value = environment[name]?.trim();
    if (value !== undefined && value !== '') return [name, value];
  }
  return null;
};

/**
 * The proxy for an upstream by `HTTPS_PROXY` or `HTTP_PROXY` (by the upstream's scheme) and `NO_PROXY`; null where the
 * upstream is reached directly, as loopback addresses always are.
 *
 * @throws Error naming the variable, without its value's credentials
 */
export const readOutboundProxy = (environment: Environment, upstreamUrl: string): OutboundProxy | null => {
  const upstream = new URL(upstreamUrl);
  const set = firstSet(environment, VARIABLES[upstream.protocol === 'https:' ? 'https:' : 'http:']);
  if (set === null || isLoopback(upstream.hostname)) return null;
  if (isExcluded(upstream, firstSet(environment, NO_PROXY)?.[1] ?? '')) return null;
  return parseProxy(...set);
};

const parseProxy = (name: string, value: string): OutboundProxy => {
  const url = URL.parse(value.includes('://') ? value : `http://${value}`);
  if (url === null || url.hostname === '') {
    throw new Error(`${name}: must be a URL such as http://proxy.example.com:3128, got a value that cannot be parsed`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`${name}: the scheme must be http or https, got ${url.protocol.slice(0, -1)}; use an HTTP proxy`);
  }
  try {
    return new OutboundProxy(url);
  } catch {
    throw new Error(`${name}: user name or password is not percent-encoded correctly; write % as %25`);
  }
};

/** A host as it appears in URLs, without the brackets of an IPv6 address and without a final dot. */
const bare = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.+)\]$/, '$1')
    .replace(/(.)\.$/, '$1');

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const isLoopback = (hostname: string): boolean => {
  const host = bare(hostname);
  return host === 'localhost' || (isIP(host) !== 0 && LOOPBACK.check(host, familyOf(host)));
};

/** Whether `NO_PROXY` names a host: `*`, a name (which covers its subdomains), `*.name`, an address, a CIDR; each with or without a port. */
const isExcluded = (upstream: URL, noProxy: string): boolean => {
  const port = upstream.port === '' ? (upstream.protocol === 'https:' ? '443' : '80') : upstream.port;
  const host = bare(upstream.hostname);
  return noProxy.split(/[\s,]+/).some((entry) => entry !== '' && covers(entry, host, port));
};

/** Host and port of an entry; a bare IPv6 address has colons of its own. */
const ENTRY = /^(\[[^\]]+\]|[^:]+):(\d+)$/;

const covers = (entry: string, host: string, port: string): boolean => {
  const [, named = entry, wanted = port] = ENTRY.exec(entry) ?? [];
  if (wanted !== port) return false;
  const name = bare(named);
  if (name === '*') return true;
  if (isIP(host) !== 0) return coversAddress(name, host);
  const suffix = name.replace(/^\*?\./, '');
  return host.endsWith(`.${suffix}`) || (!name.startsWith('*') && host === suffix);
};

const coversAddress = (entry: string, address: string): boolean => {
  const [network = '', bits] = entry.split('/');
  if (isIP(network) === 0) return false;
  const prefix = bits === undefined ? (isIP(network) === 6 ? 128 : 32) : Number(bits);
  const list = new BlockList();
  try {
    list.addSubnet(network, prefix, familyOf(network));
  } catch {
    return false;
  }
  return list.check(address, familyOf(address));
};
