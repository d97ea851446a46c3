import { isIP } from 'node:net';
import { isDefaultPeer, type Network } from '#settings';
import { COMPONENTS } from './components.ts';
import { contextOf } from './context.ts';
import { hostKind, hostOf } from './hosts.ts';
import type { AddressSetting, Component, StackSettings } from './house/component.ts';
import { contains, peersOf } from './peers.ts';

/** An address of the configuration that the network policies would cut off, or may. */
export interface AddressFinding {
  readonly path: string;
  readonly problem: string;
  readonly fix: string;
}

/** Ports below 1024, which the pods of a Service seldom have. */
const SERVICE_PORTS: readonly (number | undefined)[] = [80, 443];

type Problem = Omit<AddressFinding, 'path'>;

/** The port in an address, or that of its scheme. */
const portOf = (address: string): number | undefined => {
  const { port, protocol } = new URL(address.includes('://') ? address : `tcp://${address}`);
  return port === '' ? { 'http:': 80, 'https:': 443 }[protocol] : Number(port);
};

const peerText = (namespace: string, port: number | undefined): string =>
  `{ namespace: '${namespace}', ports: [${port ?? '…'}] }`;

const loopback = (host: string): Problem => ({
  problem: `'${host}' is the pod that connects`,
  fix: 'write the name of a Service or of a host',
});

const ofAddress = (host: string, { to }: AddressSetting, network: Network): readonly Problem[] => {
  const isAllowed = peersOf(to, network).some((peer) => !('cidr' in peer) || contains(peer, host));
  const range = `${host}/${isIP(host) === 4 ? 32 : 128}`;
  return isAllowed
    ? []
    : [
        {
          problem: `the network policies do not allow connections to '${host}'`,
          fix: `set network.${to}: { cidrs: ['${range}'] }, or to the pods behind it if it is the address of a Service`,
        },
      ];
};

const ofService = (
  { host, namespace }: { readonly host: string; readonly namespace: string },
  { to, address }: AddressSetting,
  network: Network,
): readonly Problem[] => {
  const port = portOf(address);
  if (isDefaultPeer(network, to)) {
    return [
      {
        problem: `'${host}' is the name of a Service, and the network policies do not select its pods`,
        fix: `set network.${to}: ${peerText(namespace, port)}, with the port that the pods listen on`,
      },
    ];
  }
  return network[to]?.namespace !== undefined && network[to].ports === undefined && SERVICE_PORTS.includes(port)
    ? [
        {
          problem: `the network policies allow port ${port} of the pods of '${host}', which is the port of their Service`,
          fix: `set network.${to}.ports to the port that the pods listen on, or to [${port}] if it is this one`,
        },
      ]
    : [];
};

const ofPrivateName = (host: string, { to }: AddressSetting, network: Network): readonly Problem[] =>
  to === 'upstream' && network.upstream === undefined
    ? [
        {
          problem: `'${host}' is a name of a private network, and the network policies allow public addresses alone`,
          fix: "set network.upstream: { cidrs: ['10.0.0.0/8'] }, with its addresses",
        },
      ]
    : [];

const bypassing = (host: string, { to }: AddressSetting): Problem => ({
  problem: `'${host}' is reached without the egress proxy, and the network policies allow connections to network.egressProxy alone`,
  fix: `set network.${to} to where it is`,
});

const problemsAt = (place: AddressSetting, { network, namespace: own }: StackSettings): readonly Problem[] => {
  const host = hostOf(place.address);
  const found = hostKind(host);
  if (found.kind !== 'loopback' && place.bypassesEgressProxy && isDefaultPeer(network, place.to))
    return [bypassing(host, place)];
  switch (found.kind) {
    case 'loopback':
      return [loopback(host)];
    case 'address':
      return ofAddress(host, place, network);
    case 'service':
      return ofService({ host, namespace: found.namespace ?? own }, place, network);
    case 'private name':
      return ofPrivateName(host, place, network);
    case 'public name':
      return [];
  }
};

/** A Service in place of its pods would be scraped as one target, whichever pod answers. */
const systemFindings = ({ systems, namespace: own }: StackSettings): readonly AddressFinding[] =>
  Object.entries(systems).flatMap(([name, { addresses = [] }]) =>
    addresses.flatMap((address, index) => {
      const found = hostKind(hostOf(address));
      return found.kind === 'service'
        ? [
            {
              path: `systems.${name}.addresses[${index}]`,
              problem: `'${hostOf(address)}' is the name of a Service: network policies select pods, and each pod is a target`,
              fix: `write systems.${name}: { namespace: '${found.namespace ?? own}', port: ${portOf(address)} }, with the port that the pods listen on`,
            },
          ]
        : [];
    }),
  );

/** Addresses of a configuration that its network policies do not allow, as far as the addresses themselves show it. */
export const addressFindings = (
  config: StackSettings,
  components: readonly Component[] = COMPONENTS,
): readonly AddressFinding[] => [
  ...components.flatMap((component) =>
    (component.destinations?.(contextOf(component, config)) ?? []).flatMap((place) =>
      problemsAt(place, config).map((problem) => ({ path: `${component.key}.${place.setting}`, ...problem })),
    ),
  ),
  ...systemFindings(config),
];
