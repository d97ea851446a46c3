import type { Construct } from 'constructs';
import { ComponentPolicy, DefaultDeny, type Peer, type PolicyRule, selectorLabels } from '#constructs';
import { edgesOf } from './edges.ts';
import { chartOf } from './house/chart.ts';
import type { Component, StackSettings } from './house/component.ts';
import { type Edge, isOutside, systemAt } from './house/edge.ts';
import { peersAt, peersOf, withoutExcludedRanges } from './peers.ts';
import { systemPeers } from './systems.ts';

type Direction = 'from' | 'to';

const OTHER_END = { from: 'to', to: 'from' } as const;

/** The connections that only the configuration knows of. */
const extraRules = ({ network }: StackSettings, name: string, direction: Direction): readonly PolicyRule[] =>
  network.extra
    .filter((extra) => extra.component === name && extra.direction === direction)
    .map(({ ports, protocol, ...given }) => ({
      peers: peersAt(given),
      ports: ports.map((port) => ({ port, protocol })),
    }));

/** @throws for an edge that ends neither at a component nor at something outside */
const peersAtEnd = (end: string, names: readonly string[], config: StackSettings): readonly Peer[] => {
  if (names.includes(end)) return [{ pods: { labels: selectorLabels({ name: end }) } }];
  if (isOutside(end)) return peersOf(end, config.network);
  const targets = config.systems[systemAt(end) ?? ''];
  if (targets !== undefined) return systemPeers(targets).map(withoutExcludedRanges);
  throw new Error(`an edge must lead to or from a component, a system or something outside; received '${end}'`);
};

/**
 * The network: nothing may talk to anything, and every edge is allowed at both of its ends. The kubelet's probes and
 * `kubectl port-forward` come from the pod's own node and need no edge.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export const networkChart = (scope: Construct, config: StackSettings, components: readonly Component[]): void => {
  const chart = chartOf(scope, '05-network', config.namespace);
  new DefaultDeny(chart, 'DefaultDeny');
  const edges = edgesOf(config, components);
  const names = components.map(({ target }) => target.job);
  const rules = (name: string, direction: Direction): readonly PolicyRule[] => [
    ...edges
      .filter((edge: Edge) => edge[OTHER_END[direction]] === name)
      .map((edge) => ({ peers: peersAtEnd(edge[direction], names, config), ports: edge.ports })),
    ...extraRules(config, name, direction),
  ];
  for (const name of names) {
    new ComponentPolicy(chart, name, {
      name,
      component: 'network',
      ingress: rules(name, 'from'),
      egress: rules(name, 'to'),
    });
  }
};
