import type { App } from 'cdk8s';
import type { Identity } from '#constructs';
import { COMPONENTS } from './components.ts';
import { contextOf } from './context.ts';
import { chartOf } from './house/chart.ts';
import type { BuildContext, Component, ConfigFiles, Content, FilesContext, StackSettings } from './house/component.ts';
import { versionOf } from './house/image.ts';
import { imageOf } from './images.ts';
import { namespaceChart } from './namespace.ts';
import { networkChart } from './network.ts';

type Shared = Pick<FilesContext, 'content' | 'monitored' | 'scrapeInterval'>;

const serverOf = (
  component: Component,
  owner: Identity,
  config: StackSettings,
): Omit<BuildContext['server'], 'resources'> => {
  const { target, ports = [] } = component;
  const image = imageOf(component.image, config);
  const version = versionOf(image);
  return {
    ...owner,
    ...(version === undefined ? {} : { version }),
    image,
    ports: [...ports, { name: target.portName, port: target.port }],
    imagePullSecrets: config.imagePullSecrets,
    podIdentity: config.podIdentity,
  };
};

const buildComponent = (app: App, component: Component, config: StackSettings, shared: Shared): ConfigFiles => {
  const owner = { name: component.target.job, component: component.role };
  const context = { ...contextOf(component, config), ...shared };
  const files = component.files?.(context) ?? {};
  const server = { ...serverOf(component, owner, config), resources: context.settings.resources };
  component.build(chartOf(app, component.manifest, config.namespace), { ...context, files, owner, server });
  return files;
};

/** Adds every manifest of the stack to an app, one chart per file, and returns the configuration files that they carry. */
export const buildCharts = (
  app: App,
  config: StackSettings,
  content: Content,
  components: readonly Component[] = COMPONENTS,
): ConfigFiles => {
  namespaceChart(app, config.namespace);
  networkChart(app, config, components);
  const shared: Shared = {
    content,
    monitored: components.map((component) => ({
      target: component.target,
      ...component.monitoring?.(contextOf(component, config)),
    })),
    scrapeInterval: config.prometheus.scrapeInterval,
  };
  return Object.assign({}, ...components.map((component) => buildComponent(app, component, config, shared)));
};
