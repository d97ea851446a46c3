import type { App } from 'cdk8s';
import type { StackConfig } from '#config';
import { alertmanagerChart } from './alertmanager.ts';
import { alloyChart } from './alloy.ts';
import { blackboxChart } from './blackbox.ts';
import type { ConfigFiles, Content } from './content.ts';
import { grafanaChart } from './grafana.ts';
import { lokiChart } from './loki.ts';
import { namespaceChart } from './namespace.ts';
import { networkChart } from './network.ts';
import { prometheusChart } from './prometheus.ts';
import { prometheusAdapterConfig } from './prometheus-adapter.ts';
import { proxyChart } from './proxy.ts';
import { proxyBundleChart } from './proxy-bundle.ts';

export type { ConfigFiles, Content } from './content.ts';
export { type Edge, edgesOf, isComponent } from './edges.ts';
export { type ImageFinding, imageFindings, withoutDigest } from './images.ts';
export { remoteWriteKeys } from './prometheus-config.ts';

/** Adds every manifest of the stack to an app, one chart a file, and tells the configuration files that they carry. */
export const buildCharts = (app: App, config: StackConfig, content: Content): ConfigFiles => {
  namespaceChart(app, config);
  networkChart(app, config);
  if (config.proxy.image === undefined) proxyBundleChart(app, config);
  proxyChart(app, config);
  return {
    ...prometheusAdapterConfig(config),
    ...prometheusChart(app, config, content),
    ...alertmanagerChart(app, config, content),
    ...grafanaChart(app, config, content),
    ...lokiChart(app, config),
    ...alloyChart(app, config),
    ...blackboxChart(app, config),
  };
};
