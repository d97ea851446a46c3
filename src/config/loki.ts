import { z } from 'zod';
import { toSeconds } from '#catalog';
import * as field from './fields.ts';
import { group } from './fields.ts';
import type { Profile } from './profile.ts';
import { resources } from './resources.ts';

const endpoint = field.text(
  {
    must: 'a host, with its port if that is neither 443 nor 80',
    fix: 'write one such as s3.eu-central-1.amazonaws.com or minio.storage:9000, without https:// and without the bucket',
  },
  /^[-a-z0-9]+(?:\.[-a-z0-9]+)*(?::\d{1,5})?$/,
);

const bucket = field.text(
  {
    must: 'a valid bucket name',
    fix: 'use 3 to 63 lowercase letters, digits, hyphens and dots, such as team-logs',
  },
  /^[a-z0-9][-.a-z0-9]{1,61}[a-z0-9]$/,
);

const region = field.text(
  { must: 'a valid region name', fix: 'use letters, digits and hyphens, such as eu-central-1' },
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

/** Settings of Loki that contradict each other. */
const contradictions = ({ replicas, retention, objectStorage: storage }: Settings, profile: Profile) => [
  ...(toSeconds(retention) >= DAY_SECONDS
    ? []
    : [
        {
          path: ['retention'],
          must: 'at least one day',
          fix: 'write 24h or more: Loki deletes logs by the day',
        },
      ]),
  ...(replicas === 2
    ? [
        {
          path: ['replicas'],
          must: '1, or at least 3',
          fix: 'choose 3: two replicas lose their quorum when one is down',
        },
      ]
    : []),
  ...(storage !== undefined || (profile === 'small' && replicas === 1)
    ? []
    : [
        {
          path: ['objectStorage'],
          must: profile === 'ha' ? 'set in profile ha' : 'set for more than one replica',
          fix: 'write { endpoint, bucket }: only a single replica can keep logs on its own volume',
        },
      ]),
];

/** The settings of Loki. */
export const loki = (profile: Profile) =>
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
