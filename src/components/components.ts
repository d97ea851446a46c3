import { alertmanager } from './alertmanager/component.ts';
import { alloy } from './alloy/component.ts';
import { anthropicProxy } from './anthropic-proxy/component.ts';
import { blackboxExporter } from './blackbox-exporter/component.ts';
import { grafana } from './grafana/component.ts';
import { loki } from './loki/component.ts';
import { prometheus } from './prometheus/component.ts';

/** Every program that the stack deploys, in the order of its manifests. */
export const COMPONENTS = [anthropicProxy, prometheus, alertmanager, grafana, loki, alloy, blackboxExporter] as const;
