import { z } from 'zod';
import { field, group, type Profile, resources, type SettingsOf } from '#settings';

const autoscaling = group({
  /** The fewest replicas. */
  min: field.integer(1, 50).default(2),
  /** The most replicas. */
  max: field.integer(1, 200).default(10),
  /** How busy the replicas are on average, in percent of the processor time that they request. */
  cpuPercent: field.integer(10, 300).default(70),
  /**
   * How many requests a replica carries on average. It needs an adapter for custom metrics in the cluster, whose rule
   * is then in `dist/config/prometheus-adapter.yaml`. @default - processor time alone decides
   */
  requestsInFlight: field.integer(1, 2000).exactOptional(),
}).superRefine(({ min, max }, context) => {
  if (min <= max) return;
  context.addIssue({
    code: 'custom',
    path: ['min'],
    params: { must: `at most max, which is ${max}`, got: String(min), repair: 'lower it or raise max' },
  });
});

const DEFAULT_AUTOSCALING: z.output<typeof autoscaling> = { min: 2, max: 10, cpuPercent: 70 };

interface Scale {
  readonly replicas?: number;
  readonly autoscaling?: z.output<typeof autoscaling>;
}

/** How many replicas there are: what was written or, where nothing was, what the profile says. */
const scaleOf = ({ replicas, autoscaling: written }: Scale, profile: Profile): Scale => {
  if (written !== undefined) return { autoscaling: written };
  if (replicas !== undefined) return { replicas };
  return profile === 'small' ? { replicas: 1 } : { autoscaling: DEFAULT_AUTOSCALING };
};

const amounts = {
  small: resources({ cpu: '250m', memory: '256Mi' }, { cpu: '2', memory: '512Mi' }),
  ha: resources({ cpu: '500m', memory: '384Mi' }, { cpu: '2', memory: '768Mi' }),
};

/** The settings of the proxy; of `replicas` and `autoscaling` one has a value. */
export const settings = (profile: Profile) =>
  group({
    /** An image of the proxy, with its tag or digest. @default - the bundled proxy, run by a stock Node.js image */
    image: field.image.exactOptional(),
    /**
     * A fixed number. One replica keeps its state on a volume; several share nothing and keep none.
     * @default - 1 in `small`; in `ha` an autoscaler decides
     */
    replicas: field.integer(1, 50).exactOptional(),
    /** Lets load decide how many replicas there are, in place of `replicas`. @default - in `ha` { min: 2, max: 10, cpuPercent: 70 } */
    autoscaling: autoscaling.exactOptional(),
    /** Where requests go. */
    upstreamUrl: field.httpUrl.default('https://api.anthropic.com'),
    credentials: group({
      /** `pass-through` forwards the credential of each client; `pool` uses those of a Secret. */
      mode: z.enum(['pass-through', 'pool']).default('pass-through'),
      /** The Secret of the pool: each key is the name of a credential, its value the credential. */
      secret: field.objectName.default('anthropic-proxy-credentials'),
    }).prefault({}),
    /** The Secret whose key `salt` makes the label `credential` of a client's credential. */
    saltSecret: field.objectName.default('anthropic-proxy-salt'),
    /** The least level of the lines that the proxy writes. */
    logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    /** How long requests that are under way may still run when a pod ends; Claude Code gives up after ten minutes. */
    drainSeconds: field.integer(0, 3600).default(600),
    /** The volume for the state of a single replica. */
    storage: field.bytes.default('1Gi'),
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
