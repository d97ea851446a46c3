import { describe, expect, test } from 'vitest';
import { dashboardItems } from './coverage/dashboard-items.ts';
import { DOCUMENTS, type DocumentNumber, readDocument, whyNoDocuments } from './coverage/documents.ts';
import { guideItems, relayItems, trackerItems } from './coverage/guide-items.ts';
import { type Item, keyOf } from './coverage/item.ts';
import { faultsOf, linksIn } from './coverage/links.ts';
import { answerKinds, comingWork, coveragePage, rows, sections } from './coverage/page.ts';

const ITEMS: Readonly<Record<DocumentNumber, (text: string) => readonly Item[]>> = {
  '000': dashboardItems,
  '001': relayItems,
  '002': trackerItems,
  '003': guideItems,
  '004': dashboardItems,
};

const rowsOf = (document: DocumentNumber) => rows.filter((row) => row.document === document);

describe('docs/coverage.md', () => {
  test('has a section with a table for each document', () => {
    expect(sections).toEqual(DOCUMENTS);
    expect(DOCUMENTS.filter((document) => rowsOf(document).length < 40)).toEqual([]);
  });

  test('answers each item in exactly one way', () => {
    expect(rows.filter(({ answer }) => answerKinds(answer).length !== 1)).toEqual([]);
  });

  test('has no row twice', () => {
    const keys = rows.map((row) => `${row.document} ${keyOf(row)}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test('rejects every defect', () => {
    const defects = rows.filter(({ kind }) => kind === 'defect');
    expect(new Set(defects.map(({ document }) => document))).toEqual(new Set(DOCUMENTS));
    expect(defects.filter(({ answer }) => !answer.startsWith('refused: '))).toEqual([]);
  });

  test('lists only coming work that an item refers to', () => {
    expect(comingWork.filter((name) => !rows.some(({ answer }) => answer.startsWith(`coming: ${name}`)))).toEqual([]);
  });

  test('has no broken link', () => {
    const links = linksIn(coveragePage);
    expect(links.length).toBeGreaterThan(200);
    expect(links.flatMap((link) => faultsOf(link).map((fault) => `[${link.text}](${link.target}): ${fault}`))).toEqual(
      [],
    );
  });
});

test.each([
  ['[here](logs.md)', ['here']],
  ['[here](logs.md), refused: it is not', []],
  ['nothing but words', []],
  ['coming: work of which the list does not know', []],
  ['coming: client keys and sign-in', ['coming']],
  ['coming: client keys and sign-in; later', ['coming']],
  ['refused: no', []],
  ['refused: nobody could make sense of it', ['refused']],
])('the answer "%s" has the kinds %o', (answer, kinds) => {
  expect(answerKinds(answer)).toEqual(kinds);
});

test.each([
  ['[a page](no-such-page.md)', 'there is no file no-such-page.md'],
  ['[a folder](decisions)', 'there is no file decisions'],
  ['[a part](logs.md#no-such-part)', "logs.md has no heading 'no-such-part'"],
  ['[No Panel](dashboards.md#anthropic-proxy)', "there is no panel or variable of 'anthropic-proxy' 'No Panel'"],
  ['[Slow requests](dashboards.md#stack-health)', "there is no panel or variable of 'stack-health' 'Slow requests'"],
  ['[`$team`](dashboards.md#anthropic-proxy)', "there is no panel or variable of 'anthropic-proxy' '$team'"],
  ['[NoAlert](alerts.md#watchdog)', "there is no alert 'NoAlert'"],
  ['[TargetDown](alerts.md#watchdog)', "'TargetDown' leads to 'watchdog'"],
  ['[`no_metric`](metrics.md#the-proxy)', "there is no metric 'no_metric'"],
  ['[`alertmanager.pager`](configuration.md#alertmanager)', "there is no setting 'alertmanager.pager'"],
  ['[`Windo`](../proxy/tracker/window.ts)', "'Windo' is not in ../proxy/tracker/window.ts"],
])('%s is reported as broken', (markdown, fault) => {
  expect(linksIn(markdown).flatMap(faultsOf)).toContain(fault);
});

describe('the source documents', () => {
  if (whyNoDocuments !== undefined) {
    test('are compared with the page', ({ skip }) => skip(whyNoDocuments));
    return;
  }

  test.each(DOCUMENTS)('have a row for every item of %s', (document) => {
    const items = ITEMS[document](readDocument(document));
    const known = new Set(rowsOf(document).map(keyOf));
    expect(items.length).toBeGreaterThan(40);
    expect(items.map(keyOf).filter((key) => !known.has(key))).toEqual([]);
  });

  test.each(DOCUMENTS)('contain every item that has a row under %s, verbatim', (document) => {
    const text = readDocument(document);
    // A query within a dashboard is text within JSON.
    const named = (name: string) => text.includes(name) || text.includes(JSON.stringify(name).slice(1, -1));
    expect(rowsOf(document).filter(({ name }) => !named(name))).toEqual([]);
  });

  test.each(DOCUMENTS)('have only defects as further rows under %s', (document) => {
    const found = new Set(ITEMS[document](readDocument(document)).map(keyOf));
    expect(rowsOf(document).filter((row) => row.kind !== 'defect' && !found.has(keyOf(row)))).toEqual([]);
  });
});
