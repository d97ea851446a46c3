import { z } from 'zod';
import { field, group, type Profile, resources, type SettingsOf } from '#settings';
import { exposed, exposure } from './exposure.ts';

/** An existing PostgreSQL database; Grafana creates its own tables. */
const database = group({
  host: field.hostPort.describe('Host and port.'),
  name: field.words.default('grafana').describe('The name of the database.'),
  user: field.words.default('grafana').describe('The user that Grafana connects as; it must own the tables.'),
  secret: field.objectName
    .default('grafana-database')
    .describe('The Secret with the password and, if `caKey` is set, the CA certificate.'),
  passwordKey: field.secretKey.default('password').describe('The key of the password in `secret`.'),
  sslMode: z
    .enum(['disable', 'require', 'verify-full'])
    .default('verify-full')
    .describe('`require` encrypts; `verify-full` also verifies the server.'),
  caKey: field.secretKey.exactOptional().meta({
    description: 'The key of the CA certificate (PEM) in `secret`.',
    unset: 'the CA certificates of the image',
  }),
});

const amounts = {
  small: resources({ cpu: '100m', memory: '256Mi' }, { cpu: '1', memory: '768Mi' }),
  ha: resources({ cpu: '250m', memory: '384Mi' }, { cpu: '2', memory: '1Gi' }),
};

/** The settings of Grafana. */
export const settings = (profile: Profile) =>
  group({
    replicas: field.integer(1, 10).exactOptional().meta({
      description: 'More than one replica needs `database`, which they share.',
      unset: '2 in `ha` with a database, else 1',
    }),
    database: database.exactOptional().meta({
      description: 'A PostgreSQL database instead of a file on a volume.',
      unset: 'SQLite on a volume',
    }),
    rootUrl: field.httpUrl.default('http://localhost:3000').describe('Where users open Grafana; alerts link to it.'),
    exposure: exposure.exactOptional().meta({
      description: 'Exposes Grafana outside the cluster, at the host of `rootUrl`.',
      unset: 'reachable by port-forward only',
    }),
    storage: field.bytes.default('2Gi').describe('The volume for users and settings; there is none with `database`.'),
    metricsSecret: field.objectName
      .default('grafana-metrics')
      .describe("The Secret with the key `password`, which protects Grafana's metrics when `exposure` is set."),
    adminSecret: field.objectName
      .default('grafana-admin')
      .describe(
        "The Secret with the keys `admin-user`, `admin-password` and `secret-key`, which encrypts Grafana's database.",
      ),
    resources: amounts[profile],
  })
    .superRefine(exposed('rootUrl'))
    .transform(({ replicas, ...settings }) => ({
      ...settings,
      replicas: replicas ?? (profile === 'ha' && settings.database !== undefined ? 2 : 1),
    }));

/** The settings with all defaults filled in. */
export type Grafana = SettingsOf<typeof settings>;
