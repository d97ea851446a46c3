import { field, group, type Profile, receivers, resources, type SettingsOf } from '#settings';

const REPLICAS = { small: 1, ha: 3 };

/** The settings of Alertmanager. */
export const settings = (profile: Profile) =>
  group({
    /** Several replicas share what they know, so that one notification is sent. */
    replicas: field.integer(1, 5).default(REPLICAS[profile]),
    /** Where people open Alertmanager; notifications link there. @default - its name within the cluster */
    externalUrl: field.httpUrl.exactOptional(),
    /** The volume of each replica: silences, and what was already told. */
    storage: field.bytes.default('1Gi'),
    /**
     * Who is told: `page`, `ticket`, where wanted `dead-man`, and any that `alerts.override` names.
     * @default - `page` and `ticket`, which tell nobody
     */
    receivers: receivers.prefault({}),
    /** The Secret with the keys that receivers name. */
    receiversSecret: field.objectName.default('alertmanager-receivers'),
    /** How long the first notification of a group waits for more alerts. */
    groupWait: field.duration.default('30s'),
    /** How long a notification about new alerts of a group waits. */
    groupInterval: field.duration.default('5m'),
    /** After how long a notification of a page is repeated. */
    repeatInterval: field.duration.default('4h'),
    /** After how long a notification of a ticket is repeated. */
    ticketRepeatInterval: field.duration.default('1d'),
    resources: resources({ cpu: '50m', memory: '64Mi' }, { cpu: '500m', memory: '256Mi' }),
  });

/** The settings with all defaults filled in. */
export type Alertmanager = SettingsOf<typeof settings>;
