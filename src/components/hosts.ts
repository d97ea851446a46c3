import { isIP } from 'node:net';

/** What the name of a host says about where it is. */
export type HostKind =
  | { readonly kind: 'address' }
  /** The pod that connects. */
  | { readonly kind: 'loopback' }
  /** A Service of the cluster. @default namespace - that of the pod that connects */
  | { readonly kind: 'service'; readonly namespace?: string }
  /** A name that only a private network resolves. */
  | { readonly kind: 'private name' }
  | { readonly kind: 'public name' };

/** The host of a URL, or of an address with or without a port; an IPv6 address comes without brackets. */
export const hostOf = (address: string): string => {
  const { hostname } = new URL(address.includes('://') ? address : `http://${address}`);
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
};

/**
 * Top-level domains under which an API may have a name of two labels; those of countries have two letters. Any other name
 * of two labels is that of a Service and its namespace.
 */
const PUBLIC_DOMAIN = /^(?:[a-z]{2}|app|biz|cloud|com|dev|edu|example|gov|info|net|org|tech|xyz)$/;

/** @see https://www.rfc-editor.org/rfc/rfc6762#appendix-G */
const PRIVATE_DOMAIN = /\.(?:local|internal|intranet|private|corp|home|lan)$/;

/** A name that ends in `.<namespace>.svc`, with or without the domain of the cluster. */
const OF_CLUSTER = /(?:\.([-a-z0-9]+)\.svc(?:\..+)?|\.cluster\.local)$/;

const service = (namespace?: string): HostKind => ({
  kind: 'service',
  ...(namespace === undefined ? {} : { namespace }),
});

const nameKind = (host: string): HostKind => {
  const [, last, ...more] = host.split('.');
  const ofCluster = OF_CLUSTER.exec(host);
  if (last === undefined || ofCluster !== null) return service(ofCluster?.[1]);
  if (PRIVATE_DOMAIN.test(host)) return { kind: 'private name' };
  return more.length > 0 || PUBLIC_DOMAIN.test(last) ? { kind: 'public name' } : service(last);
};

/** @see https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/ */
export const hostKind = (host: string): HostKind => {
  if (/^(?:.+\.)?localhost$|^127\.|^::1$/.test(host)) return { kind: 'loopback' };
  return isIP(host) === 0 ? nameKind(host) : { kind: 'address' };
};
