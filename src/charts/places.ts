import { BlockList, isIPv4 } from 'node:net';
import type { StackConfig } from '#config';
import { NAMESPACE_NAME_LABEL, type Place, type Selector } from '#constructs';
import type { Outside } from './edges.ts';

type Network = StackConfig['network'];

/** A place as the configuration names it. */
interface Given {
  readonly namespace?: string | undefined;
  readonly podLabels?: Readonly<Record<string, string>> | undefined;
  readonly cidrs?: readonly string[] | undefined;
}

/**
 * What answers on a link, and where clouds give a virtual machine its credentials; the last two are IPv4 addresses as
 * a translator (NAT64) hides them.
 */
const NOBODYS_PEERS = [
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
 * What beside it is no part of the internet: private addresses, also translated ones, and reserved ones, of which
 * clusters make use as well.
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

/** Tells for a range whether another one is a smaller part of it. */
const partOf = (cidr: string): ((range: string) => boolean) => {
  const { address, length, family } = parts(cidr);
  const list = new BlockList();
  list.addSubnet(address, length, family);
  return (range) => {
    const inner = parts(range);
    return inner.family === family && inner.length > length && list.check(inner.address, family);
  };
};

/** Of several ranges those that are no part of another one. */
const outermost = (ranges: readonly string[]): readonly string[] =>
  ranges.filter((range) => !ranges.some((other) => partOf(other)(range)));

/** A place without what lies within its range and was not meant; a range that is such itself stays whole. */
const without =
  (ranges: readonly string[]) =>
  (place: Place): Place => {
    if (!('cidr' in place)) return place;
    const except = outermost(ranges.filter(partOf(place.cidr)));
    return except.length === 0 ? place : { ...place, except };
  };

/** The label by which a namespace becomes a client of the proxy. */
export const CLIENT_LABEL = 'tidewatch/client';

const named = (namespace: string): Selector => ({ labels: { [NAMESPACE_NAME_LABEL]: namespace } });

/** The places that a configuration's group names. */
export const placesOf = ({ namespace, podLabels = {}, cidrs = [] }: Given): readonly Place[] => [
  ...(namespace === undefined ? [] : [{ namespaces: named(namespace), pods: { labels: podLabels } }]),
  ...cidrs.map((cidr) => ({ cidr })),
];

/** Places that something is sent to. */
const destinations = (given: Given): readonly Place[] => placesOf(given).map(without(NOBODYS_PEERS));

const internet = ({ internet: given, egressProxy }: Network): readonly Place[] =>
  egressProxy === undefined
    ? placesOf(given).map(without([...NOBODYS_PEERS, ...NOT_INTERNET]))
    : destinations(egressProxy);

const overInternet = (given: Given | undefined, network: Network): readonly Place[] =>
  given === undefined ? internet(network) : destinations(given);

/** Where something is that is no pod of the stack. */
export const whereabouts = (outside: Outside, { network }: StackConfig): readonly Place[] => {
  switch (outside) {
    case 'clients':
      return [{ namespaces: { labels: { [CLIENT_LABEL]: 'true' } }, pods: {} }, ...network.clients.flatMap(placesOf)];
    case 'ingress':
    case 'metricsAdapter':
      return placesOf(network[outside]);
    case 'dns':
      return [
        { namespaces: named(network.dns.namespace), pods: { oneOf: { 'k8s-app': network.dns.apps } } },
        ...network.dns.cidrs.map((cidr) => ({ cidr })),
      ];
    case 'apiServer':
      return placesOf(network.apiServer);
    case 'upstream':
      return overInternet(network.upstream, network);
    case 'receivers':
      return overInternet(network.receivers, network);
    default:
      return destinations(network[outside]);
  }
};
