import { field, group, type Profile, receivers, resources, type SettingsOf } from '#settings';

const REPLICAS = { small: 1, ha: 3 };

/** The settings of Alertmanager. */
export const settings = (profile: Profile) =>
  group({
    replicas: field
      .integer(1, 5)
      .default(REPLICAS[profile])
      .describe('Replicas form a cluster, so that each notification is sent once.'),
    externalUrl: field.httpUrl.exactOptional().meta({
      description: 'Where users open Alertmanager; notifications link to it.',
      unset: 'its in-cluster address',
    }),
    storage: field.bytes.default('1Gi').describe('The volume of each replica, for silences and the notification log.'),
    receivers: receivers.prefault({}).meta({
      description:
        "Receivers by name: `page` and `ticket` receive the alerts of that severity, `heartbeat` the Watchdog (for a dead man's switch), any other the alerts whose `alerts.override` names it.",
      unset: '`page` and `ticket`, which notify nobody',
    }),
    receiversSecret: field.objectName
      .default('alertmanager-receivers')
      .describe('The Secret with the keys that receivers refer to.'),
    groupWait: field.duration.default('30s').describe('How long to wait before the first notification of a new group.'),
    groupInterval: field.duration
      .default('5m')
      .describe('How long to wait before a notification about new alerts in an existing group.'),
    repeatInterval: field.duration.default('4h').describe('How long to wait before a page is repeated.'),
    ticketRepeatInterval: field.duration.default('1d').describe('How long to wait before a ticket is repeated.'),
    resources: resources({ cpu: '50m', memory: '64Mi' }, { cpu: '500m', memory: '256Mi' }),
  });

/** The settings with all defaults filled in. */
export type Alertmanager = SettingsOf<typeof settings>;
