import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The five source documents by their numbers. */
export const DOCUMENTS = ['000', '001', '002', '003', '004'] as const;

/** The number of a source document. */
export type DocumentNumber = (typeof DOCUMENTS)[number];

const checkout = resolve(import.meta.dirname, '../../..');

const listed = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** The folder `seeds` next to the checkout; the documents are not part of this repository. */
const folder = listed(resolve(checkout, '..'))
  .map((neighbour) => resolve(checkout, '..', neighbour, 'seeds'))
  .find((seeds) => listed(seeds).some((name) => name.startsWith('000_')));

/** Why the documents cannot be read here; undefined if they can. */
export const whyNoDocuments =
  folder === undefined
    ? 'the source documents (a folder seeds with 000_… to 004_…) are not beside the checkout'
    : undefined;

/**
 * The text of a source document, with commands that span several lines joined into one.
 * @throws if it is not next to the checkout
 */
export const readDocument = (number: DocumentNumber): string => {
  if (folder === undefined) throw new Error(whyNoDocuments);
  const name = listed(folder).find((one) => one.startsWith(`${number}_`));
  if (name === undefined) throw new Error(`${folder} has no document ${number}; put it there, or take the folder away`);
  return readFileSync(join(folder, name), 'utf8').replaceAll(/ *\\\n\s*/g, ' ');
};
