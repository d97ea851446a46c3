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

/** Ranges that `0.0.0.0/0` and `::/0` contain and the internet does not: private ones and those of a link. */
const NOT_INTERNET: Readonly<Record<string, readonly string[]>> = {
  '0.0.0.0/0': ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  '::/0': ['::1/128', 'fc00::/7', 'fe80::/10'],
};

/** The label by which a namespace becomes a client of the proxy. */
export const CLIENT_LABEL = 'tidewatch/client';

const named = (namespace: string): Selector => ({ labels: { [NAMESPACE_NAME_LABEL]: namespace } });

/** The places that a configuration's group names. */
export const placesOf = ({ namespace, podLabels = {}, cidrs = [] }: Given): readonly Place[] => [
  ...(namespace === undefined ? [] : [{ namespaces: named(namespace), pods: { labels: podLabels } }]),
  ...cidrs.map((cidr) => ({ cidr })),
];

const internet = ({ internet: { cidrs }, egressProxy }: Network): readonly Place[] =>
  egressProxy === undefined
    ? cidrs.map((cidr) => ({ cidr, ...(NOT_INTERNET[cidr] === undefined ? {} : { except: NOT_INTERNET[cidr] }) }))
    : placesOf(egressProxy);

const overInternet = (given: Given | undefined, network: Network): readonly Place[] =>
  given === undefined ? internet(network) : placesOf(given);

/** Where something is that is no pod of the stack. */
export const whereabouts = (outside: Outside, { network }: StackConfig): readonly Place[] => {
  switch (outside) {
    case 'clients':
      return [{ namespaces: { labels: { [CLIENT_LABEL]: 'true' } }, pods: {} }, ...network.clients.flatMap(placesOf)];
    case 'dns':
      return [
        { namespaces: named(network.dns.namespace), pods: { oneOf: { 'k8s-app': network.dns.apps } } },
        ...network.dns.cidrs.map((cidr) => ({ cidr })),
      ];
    case 'apiServer':
      return network.apiServer.cidrs.map((cidr) => ({ cidr }));
    case 'upstream':
      return overInternet(network.upstream, network);
    case 'receivers':
      return overInternet(network.receivers, network);
    default:
      return placesOf(network[outside]);
  }
};
