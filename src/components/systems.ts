import { isIP } from 'node:net';
import { NAMESPACE_NAME_LABEL, type Peer } from '#constructs';
import type { SystemTargets } from '#settings';
import type { Systems } from './house/component.ts';
import { type Edge, systemEnd, tcp } from './house/edge.ts';

/** The host of `host:port`, without the brackets of an IPv6 address. */
const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1));

const portsOf = ({ port, addresses = [] }: SystemTargets): readonly number[] => [
  ...(port === undefined ? [] : [port]),
  ...addresses.map(portOf),
];

/** The scrapes of systems that this stack does not deploy; those that somebody else scrapes need no connection. */
export const systemEdges = (from: string, systems: Systems): readonly Edge[] =>
  Object.entries(systems).flatMap(([name, targets]) =>
    targets.scrapedAs === undefined
      ? [{ from, to: systemEnd(name), ports: tcp(...portsOf(targets)), why: `scrapes ${name}` }]
      : [],
  );

const cidrOf = (host: string): string | undefined => {
  const version = isIP(host);
  return version === 0 ? undefined : `${host}/${version === 4 ? 32 : 128}`;
};

/** The peers of a system: its pods, or its addresses; a host name may resolve to any address. */
export const systemPeers = ({ namespace, podLabels = {}, addresses = [] }: SystemTargets): readonly Peer[] => {
  if (namespace !== undefined)
    return [{ namespaces: { labels: { [NAMESPACE_NAME_LABEL]: namespace } }, pods: { labels: podLabels } }];
  const cidrs = addresses.map((address) => cidrOf(hostOf(address)));
  return cidrs.some((cidr) => cidr === undefined)
    ? [{ cidr: '0.0.0.0/0' }, { cidr: '::/0' }]
    : cidrs.flatMap((cidr) => (cidr === undefined ? [] : [{ cidr }]));
};
