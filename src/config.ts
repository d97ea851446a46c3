import { z } from 'zod';
import { COMPONENTS, type Component } from '#components';
import { alerts } from './config/alerts.ts';
import * as field from './config/fields.ts';
import { group } from './config/fields.ts';
import type { Immutable } from './config/immutable.ts';
import { networkOf } from './config/network.ts';
import { ConfigError, type Problem, pathText, problemsOf } from './config/problems.ts';
import { PROFILES, type Profile, profileOf } from './config/profile.ts';
import { referenceProblems } from './config/references.ts';
import { renamedProblems } from './config/renamed.ts';
import { SECRET_FIX, secretPaths } from './config/secrets.ts';
import { systems } from './config/systems.ts';

export { ConfigError, type Problem, problemText } from './config/problems.ts';
export type { Profile } from './config/profile.ts';
export type { StackInput } from './config/stack-input.ts';

type Components = (typeof COMPONENTS)[number];

/** The settings of each component at its key. */
type ComponentSettings = { [C in Components as C['key']]: z.ZodPrefault<ReturnType<C['settings']>> };

const componentSettings = (profile: Profile, components: readonly Component[]): ComponentSettings =>
  Object.fromEntries(
    components.map(({ key, settings }) => [key, settings(profile).prefault({})]),
  ) as unknown as ComponentSettings;

const namesOf = (components: readonly Component[]): readonly Components['target']['job'][] =>
  components.map(({ target }) => target.job as Components['target']['job']);

/** An image of each component, by its name in the lock file. */
const imagesOf = (components: readonly Component[]) =>
  group(
    Object.fromEntries(
      components.map(({ image: { name, repository } }) => [
        name,
        field.image
          .exactOptional()
          .meta({ description: `Replaces \`${repository}\`.`, unset: 'that of images.lock.json' }),
      ]),
    ),
  );

/** The schema of every setting, with the defaults of a profile. */
export const schemaOf = (profile: Profile, components: readonly Component[] = COMPONENTS) =>
  group({
    profile: z
      .enum(PROFILES)
      .default('small')
      .describe(
        '`small` fits on one node, `ha` survives the loss of one. The profile sets defaults, each of which can be overridden.',
      ),
    namespace: field.namespace
      .default('tidewatch')
      .describe(
        'The namespace of the stack. The stack owns it: only connections that its network policies declare are allowed.',
      ),
    storageClass: field.objectName
      .exactOptional()
      .meta({ description: 'The storage class of all volumes.', unset: 'the default class of the cluster' }),
    imagePullSecrets: z.array(field.objectName).default([]).describe('Secrets used to pull images.'),
    ...componentSettings(profile, components),
    systems: systems
      .default({})
      .describe(
        'Systems to observe that this stack does not deploy: where their targets are, by the name of the system.',
      ),
    network: networkOf(namesOf(components)).prefault({}),
    alerts: alerts.prefault({}),
    imageRegistry: field.imageRegistry.exactOptional().meta({
      description:
        'The registry to pull the images of images.lock.json from, such as `registry.example.com/mirror`; their repositories keep their paths below it. Images that are set explicitly stay as they are.',
      unset: 'the public registries',
    }),
    images: imagesOf(components).prefault({}).describe('Images to use instead of those in images.lock.json.'),
    podIdentity: z
      .enum(['fixed', 'platform'])
      .default('fixed')
      .describe(
        'Who chooses the user and group ids of pods: `fixed` sets those of the images, `platform` leaves them to the cluster, as OpenShift requires.',
      ),
  });

type Schema = ReturnType<typeof schemaOf>;

/** A configuration with all defaults filled in. */
export type StackConfig = Immutable<z.output<Schema>>;

/** Names that a configuration may refer to. */
export interface Known {
  readonly alerts: readonly string[];
  /** Systems that the stack does not deploy. @default - none */
  readonly systems?: readonly string[];
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
export const parseConfig = (
  input: unknown,
  known: Known,
  components: readonly Component[] = COMPONENTS,
): StackConfig => {
  // Compiling the schema costs more than it saves for the one object that is parsed.
  const parsed = schemaOf(profileOf(input), components).safeParse(input, { jitless: true });
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
