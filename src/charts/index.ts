import type { App } from 'cdk8s';
import type { StackConfig } from '#config';
import type { ConfigFiles, Content } from './content.ts';
import { namespaceChart } from './namespace.ts';
import { prometheusChart } from './prometheus.ts';

export type { ConfigFiles, Content } from './content.ts';
export { type ImageFinding, imageFindings, withoutDigest } from './images.ts';

/** Adds every manifest of the stack to an app, one chart a file, and tells the configuration files that they carry. */
export const buildCharts = (app: App, config: StackConfig, content: Content): ConfigFiles => {
  namespaceChart(app, config);
  return prometheusChart(app, config, content);
};
