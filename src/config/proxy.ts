import { z } from 'zod';
import * as field from './fields.ts';
import { group } from './fields.ts';
import type { Profile } from './profile.ts';
import { resources } from './resources.ts';

/** The settings of the proxy. */
export const proxy = (_profile: Profile) =>
  group({
    /** An image of the proxy, with its tag or digest. @default - the bundled proxy, run by a stock Node.js image */
    image: field.image.exactOptional(),
    /** One replica keeps its state on a volume; several share nothing and keep none. */
    replicas: field.integer(1, 50).default(1),
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
    logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    /** How long requests that are under way may still run when a pod ends; Claude Code gives up after ten minutes. */
    drainSeconds: field.integer(0, 3600).default(600),
    /** The volume for the state of a single replica. */
    storage: field.bytes.default('1Gi'),
    resources: resources({ cpu: '250m', memory: '256Mi' }, { cpu: '2', memory: '512Mi' }),
  });
