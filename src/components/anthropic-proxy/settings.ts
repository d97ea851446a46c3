import { z } from 'zod';
import { field, group, type Profile, resources, type SettingsOf } from '#settings';

const autoscaling = group({
  min: field.integer(1, 50).default(2).describe('The minimum number of replicas.'),
  max: field.integer(1, 200).default(10).describe('The maximum number of replicas.'),
  cpuPercent: field
    .integer(10, 300)
    .default(70)
    .describe('The target average CPU utilization, in percent of the CPU request.'),
  requestsInFlight: field.integer(1, 2000).exactOptional().meta({
    description:
      'The target average number of requests in flight per replica. It needs a custom metrics adapter in the cluster; `dist/config/prometheus-adapter.yaml` then has its rule.',
    unset: 'scaling by CPU alone',
  }),
}).superRefine(({ min, max }, context) => {
  if (min <= max) return;
  context.addIssue({
    code: 'custom',
    path: ['min'],
    params: { must: `at most max, which is ${max}`, received: String(min), fix: 'lower it or raise max' },
  });
});

/** The rates of a model that the price table lacks, or has otherwise. */
const price = group({
  input: field.rate.describe('Uncached input tokens.'),
  output: field.rate.describe('Output tokens.'),
  cacheRead: field.rate.describe('Tokens read from the prompt cache.'),
  cacheWrite5m: field.rate.describe('Tokens written to the prompt cache for five minutes.'),
  cacheWrite1h: field.rate.describe('Tokens written to the prompt cache for one hour.'),
  from: field.day
    .exactOptional()
    .meta({ description: 'The first day (UTC) on which the rates hold.', unset: 'since the model exists' }),
  promptUpTo: field
    .integer(1, 100_000_000)
    .exactOptional()
    .meta({ description: 'The longest prompt in tokens that the rates cover.', unset: 'any length' }),
  mode: z
    .enum(['standard', 'fast'])
    .exactOptional()
    .meta({ description: 'The mode that the rates are for.', unset: '`standard`' }),
  aliases: z.array(field.words).exactOptional().meta({ description: 'Other ids of the model.', unset: 'none' }),
});

const DEFAULT_AUTOSCALING: z.output<typeof autoscaling> = { min: 2, max: 10, cpuPercent: 70 };

interface Scale {
  readonly replicas?: number;
  readonly autoscaling?: z.output<typeof autoscaling>;
}

/** The number of replicas as set, or else as the profile has it. */
const scaleOf = ({ replicas, autoscaling: written }: Scale, profile: Profile): Scale => {
  if (written !== undefined) return { autoscaling: written };
  if (replicas !== undefined) return { replicas };
  return profile === 'small' ? { replicas: 1 } : { autoscaling: DEFAULT_AUTOSCALING };
};

const amounts = {
  small: resources({ cpu: '250m', memory: '256Mi' }, { cpu: '2', memory: '512Mi' }),
  ha: resources({ cpu: '500m', memory: '384Mi' }, { cpu: '2', memory: '768Mi' }),
};

/** The settings of the proxy; in the output, either `replicas` or `autoscaling` is set. */
export const settings = (profile: Profile) =>
  group({
    image: field.image
      .exactOptional()
      .meta({ description: 'The image of the proxy.', unset: 'the bundled proxy in a stock Node.js image' }),
    replicas: field.integer(1, 50).exactOptional().meta({
      description: 'A fixed number of replicas. A single one keeps its state on a volume; several keep none.',
      unset: '1 in `small`; autoscaled in `ha`',
    }),
    autoscaling: autoscaling.exactOptional().meta({
      description: 'Scales with the load, instead of `replicas`.',
      unset: 'none in `small`; on in `ha`, unless `replicas` is set',
    }),
    upstreamUrl: field.httpUrl.default('https://api.anthropic.com').describe('The API that requests are forwarded to.'),
    credentials: group({
      mode: z
        .enum(['pass-through', 'pool'])
        .default('pass-through')
        .describe("`pass-through` forwards each client's own credential; `pool` uses those in a Secret."),
      secret: field.objectName
        .default('anthropic-proxy-credentials')
        .describe('The Secret of the pool: each key is the name of a credential, each value the credential.'),
    })
      .prefault({})
      .describe('The credentials that requests are sent with.'),
    saltSecret: field.objectName
      .default('anthropic-proxy-salt')
      .describe(
        "The Secret with the key `salt`, which turns a client's credential into the value of the label `credential`.",
      ),
    logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('The log level of the proxy.'),
    drainSeconds: field
      .integer(0, 3600)
      .default(600)
      .describe('How long requests in flight may finish when a pod stops; Claude Code gives up after ten minutes.'),
    poolOauth: z.boolean().exactOptional().meta({
      description:
        "Whether the pool takes OAuth tokens of subscriptions, and polls their usage. Sharing a subscription among people may be forbidden by the provider's terms: read them first.",
      unset: '`false`: such tokens are refused',
    }),
    poolEndpoints: z
      .array(z.enum(['messages', 'count_tokens', 'models', 'batches', 'files']))
      .exactOptional()
      .meta({
        description:
          'The endpoints that a pool forwards; batches and files stay with the credential that created them.',
        unset: '`messages`, `count_tokens` and `models`',
      }),
    rotateAtPercent: field.integer(1, 100).exactOptional().meta({
      description:
        'From this utilization of a window on, in percent, a pool uses credentials with more room, unless all have reached it.',
      unset: '`95`',
    }),
    allowedHosts: z.array(field.hostName).exactOptional().meta({
      description:
        'Host names under which clients reach a pool from outside the cluster, such as that of an Ingress; addresses, `localhost` and names inside the cluster are always accepted.',
      unset: 'none',
    }),
    allowedOrigins: z.array(field.origin).exactOptional().meta({
      description: 'Origins of web pages that may use a pool.',
      unset: 'none: requests of web pages are refused',
    }),
    maxAccounts: field
      .integer(1, 5000)
      .exactOptional()
      .meta({ description: 'The maximum number of accounts whose windows are tracked.', unset: '`100`' }),
    maxConnectionsPerPeer: field
      .integer(1, 100_000)
      .exactOptional()
      .meta({ description: 'The maximum number of connections of one client address.', unset: '`1024`' }),
    userAgent: field.words
      .exactOptional()
      .meta({ description: "The User-Agent of the proxy's own requests.", unset: '`tidewatch/` and the version' }),
    prices: z.record(field.words, price).exactOptional().meta({
      description: 'Rates in USD per million tokens, by the id of the model, in addition to the built-in price table.',
      unset: 'the built-in price table alone',
    }),
    httpsProxy: field.httpUrl.exactOptional().meta({
      description:
        'The outbound proxy (HTTP CONNECT) for requests to an upstream with https; `network.egressProxy` says where it is. It takes no user and password.',
      unset: 'requests are sent directly',
    }),
    noProxy: z.array(field.noProxy).exactOptional().meta({
      description:
        'Hosts that are reached without `httpsProxy`: `example.com` covers all names below it too, `*.example.com` only those.',
      unset: 'none',
    }),
    storage: field.bytes.default('1Gi').describe('The volume for the state of a single replica.'),
    resources: amounts[profile],
  }).transform(({ replicas, autoscaling: written, ...settings }) => ({
    ...settings,
    ...scaleOf(
      { ...(replicas === undefined ? {} : { replicas }), ...(written === undefined ? {} : { autoscaling: written }) },
      profile,
    ),
  }));

/** The settings with all defaults filled in. */
export type AnthropicProxy = SettingsOf<typeof settings>;
