import { field, group, type Profile, resources, type SettingsOf } from '#settings';

const REPLICAS = { small: 1, ha: 2 };

/** The settings of Alloy, which collects the lines. */
export const settings = (profile: Profile) =>
  group({
    /** Several divide the pods among them; those of one that is gone are taken over by the others. */
    replicas: field.integer(1, 10).default(REPLICAS[profile]),
    /** The volume that remembers how far every log was read. */
    storage: field.bytes.default('1Gi'),
    resources: resources({ cpu: '100m', memory: '192Mi' }, { cpu: '1', memory: '512Mi' }),
  });

/** The settings with all defaults filled in. */
export type Alloy = SettingsOf<typeof settings>;
