import * as field from './fields.ts';
import { group } from './fields.ts';
import type { Profile } from './profile.ts';
import { resources } from './resources.ts';

const REPLICAS = { small: 1, ha: 2 };

/** The settings of Alloy, which collects the lines. */
export const alloy = (profile: Profile) =>
  group({
    /** Several divide the pods among them; those of one that is gone are taken over by the others. */
    replicas: field.integer(1, 10).default(REPLICAS[profile]),
    /** The volume that remembers how far every log was read. */
    storage: field.bytes.default('1Gi'),
    resources: resources({ cpu: '100m', memory: '192Mi' }, { cpu: '1', memory: '512Mi' }),
  });
