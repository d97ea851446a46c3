import { z } from 'zod';
import type { AlertName, AlertOverride } from '#alerts';
import { alertmanager } from './config/alertmanager.ts';
import { alerts } from './config/alerts.ts';
import { alloy } from './config/alloy.ts';
import { blackbox } from './config/blackbox.ts';
import * as field from './config/fields.ts';
import { group } from './config/fields.ts';
import { grafana } from './config/grafana.ts';
import { images } from './config/images.ts';
import { loki } from './config/loki.ts';
import { network } from './config/network.ts';
import { ConfigError, type Problem, pathText, problemsOf } from './config/problems.ts';
import { PROFILES, type Profile, profileOf } from './config/profile.ts';
import { prometheus } from './config/prometheus.ts';
import { proxy } from './config/proxy.ts';
import { referenceProblems } from './config/references.ts';
import { renamedProblems } from './config/renamed.ts';
import { SECRET_FIX, secretPaths } from './config/secrets.ts';

export { ConfigError, type Problem, problemText } from './config/problems.ts';
export type { Profile } from './config/profile.ts';

/** Everything that can be set, with the defaults of a profile. */
const schemaOf = (profile: Profile) =>
  group({
    /** `small` fits one node, `ha` survives the loss of one; it decides defaults, every one of which can be set alone. */
    profile: z.enum(PROFILES).default('small'),
    /** The namespace of the stack, which becomes its own: nothing in it may connect but what the network policies allow. */
    namespace: field.namespace.default('tidewatch'),
    /** The storage class of every volume. @default - the cluster's own default */
    storageClass: field.objectName.exactOptional(),
    /** Secrets with which the images are pulled. */
    imagePullSecrets: z.array(field.objectName).default([]),
    proxy: proxy(profile).prefault({}),
    prometheus: prometheus(profile).prefault({}),
    alertmanager: alertmanager(profile).prefault({}),
    grafana: grafana(profile).prefault({}),
    loki: loki(profile).prefault({}),
    alloy: alloy(profile).prefault({}),
    blackbox: blackbox(profile).prefault({}),
    network: network.prefault({}),
    alerts: alerts.prefault({}),
    /** Images to use instead of those of images.lock.json. */
    images: images.prefault({}),
  });

type Schema = ReturnType<typeof schemaOf>;

type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

type Written = Immutable<z.input<Schema>>;
type WrittenAlerts = Immutable<z.input<typeof alerts>>;

/** What a user writes: everything has a default. */
export type StackInput = Omit<Written, 'alerts'> & {
  readonly alerts?: Omit<WrittenAlerts, 'override'> & {
    readonly override?: Readonly<Partial<Record<AlertName, AlertOverride>>>;
  };
};

/** A configuration with all defaults filled in. */
export type StackConfig = Immutable<z.output<Schema>>;

/** Names that a configuration may refer to. */
export interface Known {
  readonly alerts: readonly string[];
}

const secretProblem = (path: readonly PropertyKey[]): Problem => ({
  path: pathText(path),
  problem: 'must not be a secret',
  received: 'what looks like one (not shown)',
  fix: SECRET_FIX,
});

const byPath = (a: Problem, b: Problem): number => a.path.localeCompare(b.path, 'en');

/**
 * Checks a configuration and fills in its defaults.
 *
 * @throws ConfigError with every problem at once
 */
export const parseConfig = (input: unknown, known: Known): StackConfig => {
  // Compiling the schema costs more than it saves for the one object that is parsed.
  const parsed = schemaOf(profileOf(input)).safeParse(input, { jitless: true });
  const first = [...secretPaths(input).map(secretProblem), ...renamedProblems(input)];
  const reported = new Set(first.map(({ path }) => path));
  const others = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => problemsOf(issue, input)),
    ...referenceProblems(input, known),
  ].filter(({ path }) => !reported.has(path));
  const problems = [...first, ...others].toSorted(byPath);
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return parsed.data;
};
