import { z } from 'zod';
import { toSeconds } from '#catalog';
import { field, group, type Profile, resources, type SettingsOf } from '#settings';

const endpoint = field.text(
  {
    must: 'a host, with its port where that is neither 443 nor 80',
    repair:
      'write one such as s3.eu-central-1.amazonaws.com or minio.storage:9000, without https:// and without the bucket',
  },
  /^[-a-z0-9]+(?:\.[-a-z0-9]+)*(?::\d{1,5})?$/,
);

const bucket = field.text(
  {
    must: 'the name of a bucket',
    repair: 'use 3 to 63 lower-case letters, digits, hyphens and dots, such as team-logs',
  },
  /^[a-z0-9][-.a-z0-9]{1,61}[a-z0-9]$/,
);

const region = field.text(
  { must: 'the name of a region', repair: 'use letters, digits and hyphens, such as eu-central-1' },
  /^[-a-zA-Z0-9]+$/,
);

/** A bucket of an object storage that speaks S3. */
const objectStorage = group({
  /** Host and, where it is not the usual one, port. */
  endpoint,
  /** The bucket, which must exist. */
  bucket,
  /** The region of the bucket. @default - what the storage itself says */
  region: region.exactOptional(),
  /** The Secret whose key `credentials` is a shared credentials file, as the tools of AWS read it. */
  secret: field.objectName.default('loki-object-storage'),
  /** Whether it is asked over plain HTTP. */
  insecure: z.boolean().default(false),
  /** Whether the bucket is part of the path rather than of the host's name, as MinIO, Ceph and others want it. */
  pathStyle: z.boolean().default(false),
});

const REPLICAS = { small: 1, ha: 3 };

const amounts = {
  small: resources({ cpu: '100m', memory: '384Mi' }, { cpu: '2', memory: '1Gi' }),
  ha: resources({ cpu: '500m', memory: '1Gi' }, { cpu: '2', memory: '2Gi' }),
};

interface Settings {
  readonly replicas: number;
  readonly retention: string;
  readonly objectStorage?: object | undefined;
}

const DAY_SECONDS = 86_400;

const NO_STORAGE = 'one pod alone can keep lines on its own volume';

/** What the settings contradict each other in, by the path that says so. */
const contradictions = ({ replicas, retention, objectStorage: storage }: Settings, profile: Profile) => [
  ...(toSeconds(retention) >= DAY_SECONDS
    ? []
    : [
        {
          path: ['retention'],
          must: 'at least a day',
          repair: 'Loki deletes by the day: write 24h or more',
        },
      ]),
  ...(replicas === 2
    ? [
        {
          path: ['replicas'],
          must: '1, or 3 and more',
          repair: 'two cannot outvote one that is gone: take 3',
        },
      ]
    : []),
  ...(storage !== undefined || (profile === 'small' && replicas === 1)
    ? []
    : [
        {
          path: ['objectStorage'],
          must: profile === 'ha' ? 'given in profile ha' : 'given for several replicas',
          repair: `write { endpoint, bucket }: ${NO_STORAGE}`,
        },
      ]),
];

/** The settings of Loki. */
export const settings = (profile: Profile) =>
  group({
    /** Three and more keep each line three times, and need `objectStorage`. */
    replicas: field.integer(1, 20).default(REPLICAS[profile]),
    /** How long lines are kept, in whole days or more. */
    retention: field.duration.default('14d'),
    /** Where lines are kept in the long run; `ha` needs it. @default - on the volume of the one pod */
    objectStorage: objectStorage.exactOptional(),
    /** The volume of each pod: the log of what is not yet stored, and without `objectStorage` all lines. */
    storage: field.bytes.default('20Gi'),
    resources: amounts[profile],
  }).superRefine((settings, context) => {
    for (const { path, ...params } of contradictions(settings, profile))
      context.addIssue({ code: 'custom', path, params });
  });

/** The settings with all defaults filled in. */
export type Loki = SettingsOf<typeof settings>;
