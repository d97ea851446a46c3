import { z } from 'zod';
import { amountOf, bytesOf } from '#catalog';
import { field, group, type Profile, resources, type SettingsOf } from '#settings';

const remoteWriteShape = group({
  /** The address that takes samples by remote write. */
  url: field.httpUrl,
  /** The name of this target in Prometheus' own metrics. */
  name: field.dnsLabel.exactOptional(),
  /** The user of basic authentication; its password comes from `passwordKey`. */
  username: field.words.exactOptional(),
  /** The key of the Secret that has the password of `username`. */
  passwordKey: field.secretKey.exactOptional(),
  /** The key of the Secret that has a bearer token. */
  bearerTokenKey: field.secretKey.exactOptional(),
  /** Headers without secrets, such as `X-Scope-OrgID`. */
  headers: z.record(z.string(), field.words).default({}),
});

const remoteWrite = remoteWriteShape
  .refine(({ username, passwordKey }) => (username === undefined) === (passwordKey === undefined), {
    path: ['username'],
    params: { must: 'given together with passwordKey', repair: 'name both or neither' },
  })
  .refine(({ passwordKey, bearerTokenKey }) => passwordKey === undefined || bearerTokenKey === undefined, {
    path: ['bearerTokenKey'],
    params: { must: 'given without passwordKey', repair: 'keep one way to authenticate' },
  });

const REPLICAS = { small: 1, ha: 2 };

const amounts = {
  small: resources({ cpu: '250m', memory: '1Gi' }, { cpu: '2', memory: '2Gi' }),
  ha: resources({ cpu: '500m', memory: '2Gi' }, { cpu: '4', memory: '4Gi' }),
};

/** The settings of Prometheus. */
export const settings = (profile: Profile) =>
  group({
    /** Each replica scrapes everything, evaluates every rule and keeps its own samples. */
    replicas: field.integer(1, 3).default(REPLICAS[profile]),
    /** The label that tells several replicas apart in what they send on; alerts are without it. */
    replicaLabel: field.replicaLabel.default('prometheus_replica'),
    /** Where people open Prometheus; alerts link there. @default - its name within the cluster */
    externalUrl: field.httpUrl.exactOptional(),
    /** How long samples are kept. */
    retention: field.duration.default('30d'),
    /** Beyond this size the oldest samples go first; about nine tenths of `storage` is a good value. @default - age alone decides */
    retentionSize: field.retentionSize.exactOptional(),
    /** The volume of each replica. */
    storage: field.bytes.default('20Gi'),
    /** How often every target is scraped. */
    scrapeInterval: field.duration.default('30s'),
    /** How often every rule is evaluated. */
    evaluationInterval: field.duration.default('30s'),
    /** Labels of every series and alert that leaves this Prometheus. */
    externalLabels: z.record(field.externalLabel, field.words).default({}),
    /** Asks the kubelets how full the volumes are, which takes the right to read metrics of every node. */
    volumeStats: z.boolean().default(false),
    /**
     * Whether kubelets must show a certificate of the cluster's authority; where they sign their own they cannot, and
     * without it Prometheus shows its token to whoever answers on their port.
     */
    verifyKubelets: z.boolean().default(true),
    /** Where samples are sent as well. @default - nowhere */
    remoteWrite: z.array(remoteWrite).default([]),
    /** The Secret with the keys that `remoteWrite` names. */
    remoteWriteSecret: field.objectName.default('prometheus-remote-write'),
    resources: amounts[profile],
  }).superRefine(({ retentionSize, storage }, context) => {
    if (retentionSize === undefined || bytesOf(retentionSize) < amountOf(storage)) return;
    context.addIssue({
      code: 'custom',
      path: ['retentionSize'],
      params: {
        must: `less than the volume of ${storage}`,
        got: retentionSize,
        repair: 'take about nine tenths of it, or raise prometheus.storage',
      },
    });
  });

/** The settings with all defaults filled in. */
export type Prometheus = SettingsOf<typeof settings>;
