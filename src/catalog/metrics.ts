import type { Metric } from './metric.ts';
import { metricsOf } from './system.ts';
import { anthropicProxy } from './systems/anthropic-proxy/index.ts';
import { monitoringStack } from './systems/stack.ts';

/** Every metric of the systems of this repository. */
export const METRICS: readonly Metric[] = [anthropicProxy, monitoringStack].flatMap(metricsOf);
