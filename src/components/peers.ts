import { BlockList, isIPv4 } from 'node:net';
import { type Addresses, NAMESPACE_NAME_LABEL, type Peer, type Selector } from '#constructs';
import type { Network } from '#settings';
import type { Outside } from './house/edge.ts';

/** A peer as the configuration names it. */
interface Given {
  readonly namespace?: string | undefined;
  readonly podLabels?: Readonly<Record<string, string>> | undefined;
  readonly cidrs?: readonly string[] | undefined;
}

/** Loopback, link-local and cloud metadata addresses; the last two ranges are IPv4 addresses as NAT64 embeds them. */
const EXCLUDED_RANGES = [
  '100.100.100.200/32',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '::1/128',
  'fd00:ec2::254/128',
  'fe80::/10',
  '64:ff9b::7f00:0/104',
  '64:ff9b::a9fe:0/112',
];

/**
 * What else is not the internet: private addresses, also as NAT64 embeds them, and reserved ones, which clusters use as
 * well.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry/
 */
const NOT_INTERNET = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '240.0.0.0/4',
  'fc00::/7',
  'fec0::/10',
  '64:ff9b::a00:0/104',
  '64:ff9b::6440:0/106',
  '64:ff9b::ac10:0/108',
  '64:ff9b::c0a8:0/112',
];

const parts = (cidr: string) => {
  const [address = '', length = ''] = cidr.split('/');
  return { address, length: Number(length), family: isIPv4(address) ? 'ipv4' : 'ipv6' } as const;
};

const rangeHas = (cidr: string, address: string): boolean => {
  const { address: network, length, family } = parts(cidr);
  const list = new BlockList();
  list.addSubnet(network, length, family);
  return isIPv4(address) === (family === 'ipv4') && list.check(address, family);
};

/** Whether a range is a proper part of a CIDR. */
const partOf = (cidr: string): ((range: string) => boolean) => {
  const { address, length, family } = parts(cidr);
  const list = new BlockList();
  list.addSubnet(address, length, family);
  return (range) => {
    const inner = parts(range);
    return inner.family === family && inner.length > length && list.check(inner.address, family);
  };
};

/** The ranges that are not part of another one. */
const outermost = (ranges: readonly string[]): readonly string[] =>
  ranges.filter((range) => !ranges.some((other) => partOf(other)(range)));

/** A peer without the given ranges inside its own; a range that is listed itself stays whole. */
const without =
  (ranges: readonly string[]) =>
  (peer: Peer): Peer => {
    if (!('cidr' in peer)) return peer;
    const except = outermost(ranges.filter(partOf(peer.cidr)));
    return except.length === 0 ? peer : { ...peer, except };
  };

/** A peer without loopback, link-local and cloud metadata addresses. */
export const withoutExcludedRanges = without(EXCLUDED_RANGES);

/** Whether a peer has an address. */
export const contains = ({ cidr, except = [] }: Addresses, address: string): boolean =>
  [cidr, ...except].map((range) => rangeHas(range, address)).every((has, index) => has === (index === 0));

/** The label by which a namespace becomes a client of the proxy. */
const CLIENT_LABEL = 'tidewatch/client';

const named = (namespace: string): Selector => ({ labels: { [NAMESPACE_NAME_LABEL]: namespace } });

/** The peers that a group of the configuration selects. */
export const peersAt = ({ namespace, podLabels = {}, cidrs = [] }: Given): readonly Peer[] => [
  ...(namespace === undefined ? [] : [{ namespaces: named(namespace), pods: { labels: podLabels } }]),
  ...cidrs.map((cidr) => ({ cidr })),
];

/** Peers that a component sends to. */
const destinations = (given: Given): readonly Peer[] => peersAt(given).map(withoutExcludedRanges);

const internet = ({ internet: given, egressProxy }: Network): readonly Peer[] =>
  egressProxy === undefined
    ? peersAt(given).map(without([...EXCLUDED_RANGES, ...NOT_INTERNET]))
    : destinations(egressProxy);

const overInternet = (given: Given | undefined, network: Network): readonly Peer[] =>
  given === undefined ? internet(network) : destinations(given);

const dnsPods = ({ dns: { apps, podLabels } }: Network): Selector =>
  podLabels === undefined ? { oneOf: { 'k8s-app': apps } } : { labels: podLabels };

/** The peers of something outside the stack. */
export const peersOf = (outside: Outside, network: Network): readonly Peer[] => {
  switch (outside) {
    case 'clients':
      return [{ namespaces: { labels: { [CLIENT_LABEL]: 'true' } }, pods: {} }, ...network.clients.flatMap(peersAt)];
    case 'ingress':
    case 'metricsAdapter':
      return peersAt(network[outside]);
    case 'dns':
      return [
        { namespaces: named(network.dns.namespace), pods: dnsPods(network) },
        ...network.dns.cidrs.map((cidr) => ({ cidr })),
      ];
    case 'apiServer':
      return peersAt(network.apiServer);
    case 'upstream':
      return overInternet(network.upstream, network);
    case 'receivers':
      return overInternet(network.receivers, network);
    case 'egressProxy':
      return overInternet(network.egressProxy, network);
    default:
      return destinations(network[outside]);
  }
};
