import { z } from 'zod';
import { field, group, type Profile, resources, type SettingsOf } from '#settings';

/** The settings of the blackbox exporter, which asks from outside whether something answers. */
export const settings = (_profile: Profile) =>
  group({
    /** Further addresses to ask, such as where people reach the proxy; their certificates are watched as well. */
    urls: z.array(field.httpUrl).default([]),
    resources: resources({ cpu: '10m', memory: '32Mi' }, { cpu: '200m', memory: '64Mi' }),
  });

/** The settings with all defaults filled in. */
export type Blackbox = SettingsOf<typeof settings>;
