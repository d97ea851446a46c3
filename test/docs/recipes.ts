import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One change to one file, as a page of the documentation describes it. */
export interface Step {
  readonly path: string;
  /** The file's new text; undefined for the old one where the file is new. */
  readonly change: (text: string | undefined) => string;
}

const existing = (path: string, text: string | undefined): string => {
  if (text === undefined) throw new Error(`there is no '${path}'; the page must name a file of the repository`);
  return text;
};

const replaced = (path: string, old: string, by: string): Step => ({
  path,
  change: (before) => {
    const text = existing(path, before);
    if (!text.includes(old)) throw new Error(`'${path}' has no '${old}' to replace`);
    return text.replace(old, () => by);
  },
});

/** Adds lines next to the first line that is `anchor`, whatever its indentation. */
const inserted = (path: string, where: string, anchor: string, code: string): Step => ({
  path,
  change: (before) => {
    const lines = existing(path, before).split('\n');
    const index = lines.findIndex((line) => line.trim() === anchor);
    if (index < 0) throw new Error(`'${path}' has no line '${anchor}'`);
    return lines.toSpliced(where === 'after' ? index + 1 : index, 0, ...code.trimEnd().split('\n')).join('\n');
  },
});

const appended = (path: string, code: string): Step => ({ path, change: (text) => existing(path, text) + code });

const created = (path: string, code: string): Step => ({
  path,
  change: (text) => {
    if (text !== undefined) throw new Error(`'${path}' is there already; the page calls it new`);
    return code;
  },
});

const stepOf = ({ groups: found = {} }: RegExpExecArray): Step => {
  const { replaceIn, old = '', by = '', insertIn, where = '', anchor = '', appendTo, create = '', code = '' } = found;
  if (replaceIn !== undefined) return replaced(replaceIn, old, by);
  if (insertIn !== undefined) return inserted(insertIn, where, anchor, code);
  return appendTo === undefined ? created(create, code) : appended(appendTo, code);
};

const STEP = new RegExp(
  [
    /^In `(?<replaceIn>[^`]+)`, replace `(?<old>[^`]+)` with `(?<by>[^`]+)`\.$/,
    /^(?:In `(?<insertIn>[^`]+)`, (?<where>after|before) `(?<anchor>[^`]+)`|At the end of `(?<appendTo>[^`]+)`|New file `(?<create>[^`]+)`):\n\n(?<fence>`{3,})\w+\n(?<code>[\s\S]*?)^\k<fence>$/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gm',
);

/** A page with blanks in place of its code, so that a heading in a block is none of the page. */
const withoutCode = (page: string): string =>
  page.replaceAll(/^(`{3,})\w+\n[\s\S]*?^\1$/gm, (block) => ' '.repeat(block.length));

const sectionOf = (page: string, heading: string): string => {
  const prose = `${withoutCode(page)}\n## `;
  const start = prose.indexOf(`\n## ${heading}\n`);
  if (start < 0) throw new Error(`the page has no section '${heading}'`);
  return page.slice(start + 1, prose.indexOf('\n## ', start + 1));
};

/** The steps that a section of a page describes, in their order. */
export const stepsOf = (page: string, heading: string): readonly Step[] =>
  [...sectionOf(page, heading).matchAll(STEP)].map(stepOf);

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** Carries out steps in a copy of the repository. */
export const apply = (folder: string, steps: readonly Step[]): void => {
  for (const { path, change } of steps) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, change(textOf(file)));
  }
};
