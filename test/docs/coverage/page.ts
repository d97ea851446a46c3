import { readFileSync } from 'node:fs';
import { tablesOf } from '../tables.ts';
import { DOCUMENTS, type DocumentNumber } from './documents.ts';
import type { Item } from './item.ts';

/** A row of the page: an item of a source document, and its answer. */
export interface Row extends Item {
  readonly document: DocumentNumber;
  readonly answer: string;
}

/** The text of docs/coverage.md. */
export const coveragePage: string = readFileSync(new URL('../../../docs/coverage.md', import.meta.url), 'utf8');

/** The content of a cell, without the backticks if it is a single code span. */
const withoutMarks = (cell: string): string => /^`([^`]+)`$/.exec(cell)?.[1] ?? cell;

/** The document of a table: tables are in the order of the documents. */
const documentOf = (index: number): DocumentNumber => {
  const document = DOCUMENTS[index];
  if (document === undefined) throw new Error(`docs/coverage.md has ${index + 1} tables; keep one per document`);
  return document;
};

const rowOf = (document: DocumentNumber, [item = '', kind = '', answer = '']: readonly string[]): Row => ({
  document,
  kind,
  name: withoutMarks(item),
  answer,
});

/** The documents that have a section, in order. */
export const sections: readonly string[] = [...coveragePage.matchAll(/^## (\d+): /gm)].map(([, number = '']) => number);

/** Every row of the page. */
export const rows: readonly Row[] = tablesOf('coverage.md').flatMap((table, index) =>
  table.map((cells) => rowOf(documentOf(index), cells)),
);

/** The names listed under Coming. */
export const comingWork: readonly string[] = [
  ...(/^## Coming\n([\s\S]*?)^## /m.exec(coveragePage)?.[1] ?? '').matchAll(/^- (.+)$/gm),
].map(([, name = '']) => name);

const startsWithWork = (text: string): boolean =>
  comingWork.some((name) => text === name || text.startsWith(`${name}; `));

/** The kinds of an answer; a well-formed one has exactly one. */
export const answerKinds = (answer: string): readonly string[] => {
  const coming = /^coming: (.+)$/.exec(answer)?.[1];
  const refused = /^refused: (.{15,})$/.exec(answer)?.[1];
  return [
    ...(coming !== undefined && startsWithWork(coming) ? ['coming'] : []),
    ...(refused !== undefined ? ['refused'] : []),
    ...(!/coming:|refused:/.test(answer) && answer.includes('](') ? ['here'] : []),
  ];
};
