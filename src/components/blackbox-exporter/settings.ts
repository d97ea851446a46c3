import { z } from 'zod';
import { field, group, type Profile, resources, type SettingsOf } from '#settings';

/** The settings of the blackbox exporter, which probes the stack from outside its processes. */
export const settings = (_profile: Profile) =>
  group({
    urls: z
      .array(field.endpointUrl)
      .default([])
      .describe('Additional URLs to probe, such as the public one of the proxy; their certificates are monitored too.'),
    resources: resources({ cpu: '10m', memory: '32Mi' }, { cpu: '200m', memory: '64Mi' }),
  });

/** The settings with all defaults filled in. */
export type Blackbox = SettingsOf<typeof settings>;
