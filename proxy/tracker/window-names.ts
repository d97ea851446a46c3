import { isWindowName, MAX_WINDOWS, WINDOW_NAMES } from '#catalog';

/** Names that dashboards can show and a label can carry. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,31}$/i;

/** The known windows keep their places, so that names the API invents cannot push one of them out. */
const MAX_OTHERS = MAX_WINDOWS - WINDOW_NAMES.length;

/** The names of windows in use by all credentials together, of which there are at most `MAX_WINDOWS`. */
export interface WindowNames {
  /** Whether a credential may use a name; a true answer counts one more use of it. */
  take(name: string): boolean;
  /** Gives back one use of a name. */
  release(name: string): void;
}

/** Names of windows, none in use. */
export const createWindowNames = (): WindowNames => {
  const uses = new Map<string, number>();
  return {
    take(name) {
      if (isWindowName(name)) return true;
      const used = uses.get(name) ?? 0;
      if (!NAME.test(name) || (used === 0 && uses.size >= MAX_OTHERS)) return false;
      uses.set(name, used + 1);
      return true;
    },
    release(name) {
      const used = uses.get(name) ?? 0;
      if (used > 1) uses.set(name, used - 1);
      else uses.delete(name);
    },
  };
};
