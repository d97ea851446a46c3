/**
 * The sizes that a stack comes in. `small` fits one node beside its system pods; `ha` survives the loss of a node: it
 * runs replicas of what serves and of what alerts, and keeps logs in object storage.
 */
export const PROFILES = ['small', 'ha'] as const;

/** The name of a profile; it decides defaults, every one of which can be set on its own. */
export type Profile = (typeof PROFILES)[number];

/** The profile that an input of any shape asks for; what is no profile is refused elsewhere. @default 'small' */
export const profileOf = (input: unknown): Profile => {
  const profile = typeof input === 'object' && input !== null && 'profile' in input ? input.profile : undefined;
  return PROFILES.find((name) => name === profile) ?? 'small';
};
