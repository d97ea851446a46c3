import type { z } from 'zod';
import type { Profile } from './profile.ts';

/** A value whose parts cannot be assigned, at any depth. */
export type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/** The settings that a schema yields, with all defaults filled in. */
export type SettingsOf<S extends (profile: Profile) => z.ZodType> = Immutable<z.output<ReturnType<S>>>;
