import { z } from 'zod';
import * as field from './fields.ts';
import { group } from './fields.ts';
import type { Profile } from './profile.ts';
import { resources } from './resources.ts';

/** The settings of the blackbox exporter, which asks from outside whether something answers. */
export const blackbox = (_profile: Profile) =>
  group({
    /** Further addresses to ask, such as where people reach the proxy; their certificates are watched as well. */
    urls: z.array(field.httpUrl).default([]),
    resources: resources({ cpu: '10m', memory: '32Mi' }, { cpu: '200m', memory: '64Mi' }),
  });
