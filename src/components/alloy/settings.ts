import { field, group, type Profile, resources, type SettingsOf } from '#settings';

const REPLICAS = { small: 1, ha: 2 };

/** The settings of Alloy, which collects the logs. */
export const settings = (profile: Profile) =>
  group({
    replicas: field
      .integer(1, 10)
      .default(REPLICAS[profile])
      .describe('Replicas divide the pods among themselves and take over those of a failed one.'),
    storage: field.bytes.default('1Gi').describe('The volume for the read positions of the logs.'),
    resources: resources({ cpu: '100m', memory: '192Mi' }, { cpu: '1', memory: '512Mi' }),
  });

/** The settings with all defaults filled in. */
export type Alloy = SettingsOf<typeof settings>;
