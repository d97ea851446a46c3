import { readFileSync } from 'node:fs';

/** The rows of every table of a page, without headers; a `|` in a cell is escaped as `\|`. */
export const tablesOf = (page: string): readonly (readonly (readonly string[])[])[] => {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  const blocks = text.split('\n\n').filter((block) => /^\|.*\n\|-/.test(block));
  return blocks.map((block) => block.trim().split('\n').slice(2).map(cellsOf));
};

const cellsOf = (row: string): readonly string[] =>
  row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

/** The code spans in a cell. */
export const codeIn = (cell: string | undefined): readonly string[] =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');
