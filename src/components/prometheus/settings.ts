import { z } from 'zod';
import { amountOf, bytesOf } from '#catalog';
import { field, group, type Profile, resources, type SettingsOf } from '#settings';

const remoteWriteShape = group({
  url: field.endpointUrl.describe('The URL of the remote write endpoint.'),
  name: field.dnsLabel
    .exactOptional()
    .meta({ description: "The name of this target in Prometheus' own metrics.", unset: 'a hash' }),
  username: field.words.exactOptional().meta({
    description: 'The user name for basic authentication; `passwordKey` names its password.',
    unset: 'no basic authentication',
  }),
  passwordKey: field.secretKey.exactOptional().describe('The key of the password of `username` in the Secret.'),
  bearerTokenKey: field.secretKey
    .exactOptional()
    .meta({ description: 'The key of a bearer token in the Secret.', unset: 'no bearer token' }),
  headers: z.record(z.string(), field.words).default({}).describe('Headers without secrets, such as `X-Scope-OrgID`.'),
});

const remoteWrite = remoteWriteShape
  .refine(({ username, passwordKey }) => (username === undefined) === (passwordKey === undefined), {
    path: ['username'],
    params: { must: 'set together with passwordKey', fix: 'set both or neither' },
  })
  .refine(({ passwordKey, bearerTokenKey }) => passwordKey === undefined || bearerTokenKey === undefined, {
    path: ['bearerTokenKey'],
    params: { must: 'left out when passwordKey is set', fix: 'keep one authentication method' },
  });

const REPLICAS = { small: 1, ha: 2 };

const amounts = {
  small: resources({ cpu: '250m', memory: '1Gi' }, { cpu: '2', memory: '2Gi' }),
  ha: resources({ cpu: '500m', memory: '2Gi' }, { cpu: '4', memory: '4Gi' }),
};

/** The settings of Prometheus. */
export const settings = (profile: Profile) =>
  group({
    replicas: field
      .integer(1, 3)
      .default(REPLICAS[profile])
      .describe('Each replica scrapes all targets, evaluates all rules and stores its own samples.'),
    replicaLabel: field.replicaLabel
      .default('prometheus_replica')
      .describe('The label that distinguishes replicas in remote storage; alerts do not have it.'),
    externalUrl: field.httpUrl
      .exactOptional()
      .meta({ description: 'Where users open Prometheus; alerts link to it.', unset: 'its in-cluster address' }),
    retention: field.duration.default('30d').describe('How long samples are kept.'),
    retentionSize: field.retentionSize.exactOptional().meta({
      description: 'Beyond this size the oldest samples are deleted; about 90% of `storage` is a good value.',
      unset: 'no limit other than `retention`',
    }),
    storage: field.bytes.default('20Gi').describe('The volume of each replica.'),
    scrapeInterval: field.duration.default('30s').describe('How often targets are scraped.'),
    evaluationInterval: field.duration.default('30s').describe('How often rules are evaluated.'),
    externalLabels: z
      .record(field.externalLabel, field.words)
      .default({})
      .describe('Labels added to every series and alert that leaves this Prometheus.'),
    volumeStats: z
      .boolean()
      .default(false)
      .describe(
        'Scrapes the usage of volumes from the kubelets, which requires permission to read the metrics of all nodes.',
      ),
    verifyKubelets: z
      .boolean()
      .default(true)
      .describe(
        "Verifies the certificates of the kubelets with the cluster's CA. Turn it off only if kubelets use self-signed certificates: Prometheus then sends its token to whoever answers on their port.",
      ),
    remoteWrite: z.array(remoteWrite).default([]).describe('Remote write targets.'),
    remoteWriteSecret: field.objectName
      .default('prometheus-remote-write')
      .describe('The Secret with the keys that `remoteWrite` refers to.'),
    resources: amounts[profile],
  }).superRefine(({ retentionSize, storage }, context) => {
    if (retentionSize === undefined || bytesOf(retentionSize) < amountOf(storage)) return;
    context.addIssue({
      code: 'custom',
      path: ['retentionSize'],
      params: {
        must: `less than the volume of ${storage}`,
        received: retentionSize,
        fix: 'use about 90% of it, or raise prometheus.storage',
      },
    });
  });

/** The settings with all defaults filled in. */
export type Prometheus = SettingsOf<typeof settings>;
