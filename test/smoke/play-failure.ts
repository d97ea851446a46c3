import type { Failure, Part } from './failures.ts';
import type { Switch } from './service.ts';
import type { Stage } from './stage.ts';

type Cast = Pick<Stage, 'proxy' | 'parts'>;

const partOf = ({ parts }: Cast, name: Part): Switch => {
  const part = parts[name];
  if (part === undefined) throw new Error(`${name} does not run here`);
  return part;
};

/** Lets a failure begin. */
export const beginFailure = async (cast: Cast, failure: Failure): Promise<void> => {
  await cast.proxy.begin(failure);
  if (failure.without !== undefined) await partOf(cast, failure.without).off();
};

/** Ends a failure: what was missing runs again. */
export const endFailure = async (cast: Cast, failure: Failure): Promise<void> => {
  if (failure.without !== undefined) await partOf(cast, failure.without).on();
  await cast.proxy.end(failure);
};
