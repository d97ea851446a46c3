import { join } from 'node:path';

/** What is to be known of the page's bundle without unpacking it. */
export interface BundleFacts {
  /** The SHA-256 of all that the bundle is made of: sources, manifest and lock file; hexadecimal. */
  readonly inputs: string;
  /** The SHA-256 of the script and of the styles, in hexadecimal. */
  readonly script: string;
  readonly style: string;
}

/** The folder of the preview's own package. */
export const PREVIEW = import.meta.dirname;

/** The files of the committed bundle, relative to {@link PREVIEW}. */
export const BUNDLE_FILES = {
  script: 'bundle/page.js.br',
  style: 'bundle/page.css.br',
  about: 'bundle/about.json',
  licenses: 'bundle/licenses.txt',
} as const;

/** The path of a file of the committed bundle. */
export const bundleFile = (file: keyof typeof BUNDLE_FILES): string => join(PREVIEW, BUNDLE_FILES[file]);
