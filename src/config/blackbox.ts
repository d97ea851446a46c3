import { z } from 'zod';
import * as field from './fields.ts';
import { group } from './fields.ts';
import type { Profile } from './profile.ts';
import { resources } from './resources.ts';

/** The settings of the blackbox exporter, which probes the stack from outside its processes. */
export const blackbox = (_profile: Profile) =>
  group({
    urls: z
      .array(field.httpUrl)
      .default([])
      .describe('Additional URLs to probe, such as the public one of the proxy; their certificates are monitored too.'),
    resources: resources({ cpu: '10m', memory: '32Mi' }, { cpu: '200m', memory: '64Mi' }),
  });
