import { z } from 'zod';
import type { AlertName, AlertOverride } from '#alerts';
import { COMPONENTS, type Component } from '#components';
import { alerts } from './config/alerts.ts';
import * as field from './config/fields.ts';
import { group } from './config/fields.ts';
import { images } from './config/images.ts';
import type { Immutable } from './config/immutable.ts';
import { networkOf } from './config/network.ts';
import { ConfigError, type Problem, pathText, problemsOf } from './config/problems.ts';
import { PROFILES, type Profile, profileOf } from './config/profile.ts';
import { referenceProblems } from './config/references.ts';
import { SECRET_REPAIR, secretPaths } from './config/secrets.ts';

export { ConfigError, type Problem } from './config/problems.ts';
export type { Profile } from './config/profile.ts';

type Components = (typeof COMPONENTS)[number];

/** The settings of each component at its key. */
type ComponentSettings = { [C in Components as C['key']]: z.ZodPrefault<ReturnType<C['settings']>> };

const componentSettings = (profile: Profile, components: readonly Component[]): ComponentSettings =>
  Object.fromEntries(
    components.map(({ key, settings }) => [key, settings(profile).prefault({})]),
  ) as unknown as ComponentSettings;

const namesOf = (components: readonly Component[]): readonly Components['target']['job'][] =>
  components.map(({ target }) => target.job as Components['target']['job']);

/** Everything that can be set, with the defaults of a profile. */
const schemaOf = (profile: Profile, components: readonly Component[]) =>
  group({
    /** `small` fits one node, `ha` survives the loss of one; it decides defaults, every one of which can be set alone. */
    profile: z.enum(PROFILES).default('small'),
    /** The namespace of the stack, which becomes its own: nothing in it may connect but what the network policies allow. */
    namespace: field.namespace.default('tidewatch'),
    /** The storage class of every volume. @default - the cluster's own default */
    storageClass: field.objectName.exactOptional(),
    /** Secrets with which the images are pulled. */
    imagePullSecrets: z.array(field.objectName).default([]),
    ...componentSettings(profile, components),
    network: networkOf(namesOf(components)).prefault({}),
    alerts: alerts.prefault({}),
    /** Images to use instead of those of images.lock.json. */
    images: images.prefault({}),
  });

type Schema = ReturnType<typeof schemaOf>;

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
  got: 'what looks like one (not shown)',
  repair: SECRET_REPAIR,
});

const byPath = (a: Problem, b: Problem): number => a.path.localeCompare(b.path, 'en');

/**
 * Checks a configuration and fills in its defaults.
 *
 * @throws ConfigError with every problem at once
 */
export const parseConfig = (
  input: unknown,
  known: Known,
  components: readonly Component[] = COMPONENTS,
): StackConfig => {
  // Compiling the schema costs more than it saves for the one object that is parsed.
  const parsed = schemaOf(profileOf(input), components).safeParse(input, { jitless: true });
  const secrets = secretPaths(input).map(secretProblem);
  const told = new Set(secrets.map(({ path }) => path));
  const others = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => problemsOf(issue, input)),
    ...referenceProblems(input, known),
  ].filter(({ path }) => !told.has(path));
  const problems = [...secrets, ...others].toSorted(byPath);
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return parsed.data;
};
