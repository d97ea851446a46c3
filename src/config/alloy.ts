import * as field from './fields.ts';
import { group } from './fields.ts';
import type { Profile } from './profile.ts';
import { resources } from './resources.ts';

/** The settings of Alloy, which collects the lines. */
export const alloy = (_profile: Profile) =>
  group({
    /** The volume that remembers how far every log was read. */
    storage: field.bytes.default('1Gi'),
    resources: resources({ cpu: '100m', memory: '192Mi' }, { cpu: '1', memory: '512Mi' }),
  });
