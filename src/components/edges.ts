import { TARGETS } from '#catalog';
import { COMPONENTS } from './components.ts';
import { contextOf } from './context.ts';
import type { Component, StackSettings } from './house/component.ts';
import { type Edge, tcp } from './house/edge.ts';

/** Every component is scraped, Prometheus included: of several replicas each scrapes the others. */
const scrapeEdge = ({ target }: Component): Edge => ({
  from: TARGETS.prometheus.job,
  to: target.job,
  ports: tcp(target.port),
  why: 'scrapes its metrics',
});

/** One edge for what is opened for several reasons. */
const merged = (edges: readonly Edge[]): readonly Edge[] =>
  [...Map.groupBy(edges, ({ from, to, ports }) => JSON.stringify([from, to, ports])).values()].flatMap((same) => {
    const [edge] = same;
    return edge === undefined ? [] : [{ ...edge, why: same.map(({ why }) => why).join('; ') }];
  });

/** Every connection that a stack needs. */
export const edgesOf = (config: StackSettings, components: readonly Component[] = COMPONENTS): readonly Edge[] =>
  merged([
    ...components.map(scrapeEdge),
    ...components.flatMap((component) => component.edges?.(contextOf(component, config)) ?? []),
  ]);
