import type { Storage } from '#constructs';
import type { Context } from './component.ts';

/** A volume of the storage class of the configuration, where it names one. */
export const storageOf = (size: string, { storageClass }: Pick<Context, 'storageClass'>): Storage => ({
  size,
  ...(storageClass === undefined ? {} : { storageClass }),
});

/**
 * The flags for the URL under which people open a program. A path in it affects links only: probes, scrapes and other
 * programs keep to the root, so whatever routes people there strips it.
 */
export const externalUrlArgs = ({ externalUrl }: { readonly externalUrl?: string | undefined }): readonly string[] =>
  externalUrl === undefined ? [] : [`--web.external-url=${externalUrl}/`, '--web.route-prefix=/'];
