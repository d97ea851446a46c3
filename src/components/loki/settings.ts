import { z } from 'zod';
import { toSeconds } from '#catalog';
import { field, group, type Profile, resources, type SettingsOf } from '#settings';

const endpoint = field.text(
  {
    must: 'a host, with its port if that is neither 443 nor 80',
    fix: 'write one such as s3.eu-central-1.amazonaws.com, minio.storage:9000 or [2001:db8::7]:9000, without https:// and without the bucket',
  },
  (value) =>
    /^(?:\[[0-9a-f:.]+\]|[-a-z0-9]+(?:\.[-a-z0-9]+)*)(?::\d{1,5})?$/.test(value) && URL.canParse(`https://${value}`),
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

/** An S3-compatible bucket. */
const objectStorage = group({
  endpoint: endpoint.describe('The host and, if it is not the default, the port.'),
  bucket: bucket.describe('An existing bucket.'),
  region: region
    .exactOptional()
    .meta({ description: 'The region of the bucket.', unset: 'the one that the object storage reports' }),
  secret: field.objectName
    .default('loki-object-storage')
    .describe('The Secret whose key `credentials` is an AWS shared credentials file.'),
  insecure: z.boolean().default(false).describe('Use plain HTTP instead of HTTPS.'),
  pathStyle: z
    .boolean()
    .default(false)
    .describe('Put the bucket in the path instead of the host name, as MinIO and Ceph need it.'),
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
export const settings = (profile: Profile) =>
  group({
    replicas: field
      .integer(1, 20)
      .default(REPLICAS[profile])
      .describe('Three or more replicas store each line three times and need `objectStorage`.'),
    retention: field.duration.default('14d').describe('How long logs are kept: at least one day.'),
    objectStorage: objectStorage.exactOptional().meta({
      description: 'Where logs are stored; required in `ha`.',
      unset: 'on the volume of the single replica',
    }),
    storage: field.bytes
      .default('20Gi')
      .describe('The volume of each replica: the write-ahead log and, without `objectStorage`, all logs.'),
    resources: amounts[profile],
  }).superRefine((settings, context) => {
    for (const { path, ...params } of contradictions(settings, profile))
      context.addIssue({ code: 'custom', path, params });
  });

/** The settings with all defaults filled in. */
export type Loki = SettingsOf<typeof settings>;
