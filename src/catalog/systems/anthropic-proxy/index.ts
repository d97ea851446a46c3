import type { System } from '../../system.ts';
import { nodeProcess } from '../node.ts';
import { proxy, proxyRecorded } from './metrics.ts';

export * from './answers.ts';
export * as proxyLabels from './labels.ts';
export * from './log-events.ts';
export * from './metrics.ts';
export * from './panels.ts';

/** The Anthropic-compatible proxy of this repository. */
export const anthropicProxy: System = {
  name: 'anthropic-proxy',
  title: 'Anthropic proxy',
  runs: 'component',
  families: [
    { title: 'The proxy', metrics: proxy },
    { title: 'Recorded by rules', metrics: proxyRecorded },
    { title: 'The process of the proxy', metrics: nodeProcess },
  ],
};
