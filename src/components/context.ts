import type { Component, Context, Settings, StackSettings } from './house/component.ts';

/** The part of a configuration that a component reads. */
export const contextOf = ({ key }: Component, config: StackSettings): Context => {
  const { namespace, storageClass, network, systems } = config;
  const settings = (config as unknown as Readonly<Record<string, Settings>>)[key];
  if (settings === undefined) throw new Error(`the configuration must have the settings of a component at '${key}'`);
  return { namespace, storageClass, network, systems, settings };
};
