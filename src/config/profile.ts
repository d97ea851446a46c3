/**
 * The sizes of a stack. `small` fits on one node next to its system pods; `ha` survives the loss of a node: it runs
 * replicas of everything that serves or alerts, and keeps logs in object storage.
 */
export const PROFILES = ['small', 'ha'] as const;

/** The name of a profile, which decides defaults. */
export type Profile = (typeof PROFILES)[number];

/** The profile that an input of any shape asks for; an invalid one is reported elsewhere. @default 'small' */
export const profileOf = (input: unknown): Profile => {
  const profile = typeof input === 'object' && input !== null && 'profile' in input ? input.profile : undefined;
  return PROFILES.find((name) => name === profile) ?? 'small';
};
