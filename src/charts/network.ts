import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { TARGETS } from '#catalog';
import type { StackConfig } from '#config';
import { type Allowance, ComponentPolicy, DefaultDeny, type Place, type Selector, selectorLabels } from '#constructs';
import { type Component, type Edge, edgesOf, isComponent, type Outside } from './edges.ts';
import { placesOf, whereabouts } from './places.ts';

const podsOf = (component: Component): Selector => ({ labels: selectorLabels({ name: TARGETS[component].job }) });

const placesAt = (end: Component | Outside, config: StackConfig): readonly Place[] =>
  isComponent(end) ? [{ pods: podsOf(end) }] : whereabouts(end, config);

/** The connections that only the configuration knows of. */
const extras = ({ network }: StackConfig, component: Component, direction: 'from' | 'to'): readonly Allowance[] =>
  network.extra
    .filter((extra) => extra.component === TARGETS[component].job && extra.direction === direction)
    .map(({ ports, protocol, ...place }) => ({
      places: placesOf(place),
      ports: ports.map((port) => ({ port, protocol })),
    }));

/** What one component may receive and send, by the edges that end or begin at it. */
const policyOf = (component: Component, edges: readonly Edge[], config: StackConfig) => ({
  ingress: [
    ...edges
      .filter(({ to }) => to === component)
      .map(({ from, ports }): Allowance => ({ places: placesAt(from, config), ports })),
    ...extras(config, component, 'from'),
  ],
  egress: [
    ...edges
      .filter(({ from }) => from === component)
      .map(({ to, ports }): Allowance => ({ places: placesAt(to, config), ports })),
    ...extras(config, component, 'to'),
  ],
});

/**
 * The network: nothing may talk to anything, and every edge is allowed on both of its ends. The kubelet's probes and
 * `kubectl port-forward` come from the pod's own node and need no edge.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export const networkChart = (scope: Construct, config: StackConfig): void => {
  const chart = new Chart(scope, '05-network', { namespace: config.namespace, disableResourceNameHashes: true });
  new DefaultDeny(chart, 'DefaultDeny');
  const edges = edgesOf(config);
  for (const component of Object.keys(TARGETS) as readonly Component[]) {
    const identity = { name: TARGETS[component].job, component: 'network' };
    new ComponentPolicy(chart, identity.name, { ...identity, ...policyOf(component, edges, config) });
  }
};
