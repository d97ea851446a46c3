import { z } from 'zod';
import { field, group, type Profile, resources, type SettingsOf } from '#settings';
import { exposed, exposure } from './exposure.ts';

/** A PostgreSQL database that exists already; Grafana makes its tables in it. */
const database = group({
  /** Host and port. */
  host: field.hostPort,
  /** The name of the database. */
  name: field.words.default('grafana'),
  /** The user that Grafana signs in as; the tables are its own. */
  user: field.words.default('grafana'),
  /** The Secret with the password and, where `caKey` names one, the certificate authority. */
  secret: field.objectName.default('grafana-database'),
  /** The key of the password in `secret`. */
  passwordKey: field.secretKey.default('password'),
  /** `require` encrypts, `verify-full` also makes sure who answers. */
  sslMode: z.enum(['disable', 'require', 'verify-full']).default('verify-full'),
  /** The key of the certificate authority (PEM) in `secret`. @default - those of the image */
  caKey: field.secretKey.exactOptional(),
});

const amounts = {
  small: resources({ cpu: '100m', memory: '256Mi' }, { cpu: '1', memory: '768Mi' }),
  ha: resources({ cpu: '250m', memory: '384Mi' }, { cpu: '2', memory: '1Gi' }),
};

/** The settings of Grafana. */
export const settings = (profile: Profile) =>
  group({
    /** How many share `database`; without one there is one alone. @default - 2 in `ha` with a database, else 1 */
    replicas: field.integer(1, 10).exactOptional(),
    /** The database in place of a file on a volume. @default - SQLite on a volume of its own */
    database: database.exactOptional(),
    /** Where people open Grafana: links of alerts point there. */
    rootUrl: field.httpUrl.default('http://localhost:3000'),
    /** Opens Grafana at the host of `rootUrl` to people outside of the cluster. @default - port-forward alone */
    exposure: exposure.exactOptional(),
    /** The volume for users and settings; with `database` there is none. */
    storage: field.bytes.default('2Gi'),
    /** The Secret with the key `password`, by which Prometheus reads Grafana's metrics once `exposure` shows them to others. */
    metricsSecret: field.objectName.default('grafana-metrics'),
    /** The Secret with the keys `admin-user`, `admin-password` and `secret-key`, which encrypts Grafana's database. */
    adminSecret: field.objectName.default('grafana-admin'),
    resources: amounts[profile],
  })
    .superRefine(exposed('rootUrl'))
    .transform(({ replicas, ...settings }) => ({
      ...settings,
      replicas: replicas ?? (profile === 'ha' && settings.database !== undefined ? 2 : 1),
    }));

/** The settings with all defaults filled in. */
export type Grafana = SettingsOf<typeof settings>;
