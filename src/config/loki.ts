import * as field from './fields.ts';
import { group } from './fields.ts';
import type { Profile } from './profile.ts';
import { resources } from './resources.ts';

/** The settings of Loki. */
export const loki = (_profile: Profile) =>
  group({
    /** How long lines are kept. */
    retention: field.duration.default('14d'),
    storage: field.bytes.default('20Gi'),
    resources: resources({ cpu: '100m', memory: '384Mi' }, { cpu: '2', memory: '1Gi' }),
  });
