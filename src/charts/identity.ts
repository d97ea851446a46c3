import type { Target } from '#catalog';
import type { StackConfig } from '#config';
import type { Identity, Port } from '#constructs';
import { versionOf } from './images.ts';

/** The ports of a server that serves metrics beside its pages. */
export const portsOf = ({ portName, port }: Target): readonly Port[] => [{ name: portName, port }];

/** Who the objects of a component belong to; the version is its image's. */
export const identityOf = ({ job }: Target, component: string, image: string): Identity => {
  const version = versionOf(image);
  return { name: job, component, ...(version === undefined ? {} : { version }) };
};

/** The storage class of the configuration, where it names one. */
export const storageOf = (size: string, { storageClass }: StackConfig): { size: string; storageClass?: string } => ({
  size,
  ...(storageClass === undefined ? {} : { storageClass }),
});

/**
 * The flags that tell a program where people open it. A path in the URL is for links alone: probes, scrapes and other
 * programs go on without it, so whatever leads people there takes it off.
 */
export const externalUrlArgs = ({ externalUrl }: { readonly externalUrl?: string }): readonly string[] =>
  externalUrl === undefined ? [] : [`--web.external-url=${externalUrl}/`, '--web.route-prefix=/'];
