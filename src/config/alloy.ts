import * as field from './fields.ts';
import { group } from './fields.ts';
import type { Profile } from './profile.ts';
import { resources } from './resources.ts';

const REPLICAS = { small: 1, ha: 2 };

/** The settings of Alloy, which collects the logs. */
export const alloy = (profile: Profile) =>
  group({
    replicas: field
      .integer(1, 10)
      .default(REPLICAS[profile])
      .describe('Replicas divide the pods among themselves and take over those of a failed one.'),
    storage: field.bytes.default('1Gi').describe('The volume for the read positions of the logs.'),
    resources: resources({ cpu: '100m', memory: '192Mi' }, { cpu: '1', memory: '512Mi' }),
  });
