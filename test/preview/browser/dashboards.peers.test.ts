import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDashboards, openData, rangeOf } from '../../../dashboards/preview/draw.ts';
import { writePage } from '../../../dashboards/preview/html.ts';
import { readOptions } from '../../../dashboards/preview/options.ts';
import { previewOf } from '../../../dashboards/preview/preview.ts';
import type { PreviewData } from '../../../dashboards/preview/preview-data.ts';
import { describePeers } from '../../peers/peer.ts';
import { hasChromium, type Page, startChromium } from '../page/chromium.ts';
import { dataFindings } from './data-rules.ts';
import { factsOf } from './facts.ts';
import type { Finding } from './finding.ts';
import { KNOWN } from './known.ts';
import { layoutFindings } from './layout-rules.ts';

const WIDTHS = [1_600, 1_280] as const;
const THEMES = ['dark', 'light'] as const;
const ACCOUNTS = ['2', '200'] as const;
const HEIGHT = 2_400;

/** Weeks are generated, and each dashboard is asked, drawn and judged several times. */
const TIMEOUT_MS = 600_000;

/** A dashboard's data of one of the built-in weeks. */
const previewsOf = async (accounts: string): Promise<readonly (readonly [string, PreviewData])[]> => {
  const options = readOptions(['--accounts', accounts]);
  if (options === 'help') throw new Error('no help was asked for');
  const { sources, now, scrapeInterval, stop } = await openData(options, () => {});
  try {
    const previews: [string, PreviewData][] = [];
    for (const { name, dashboard } of await findDashboards(options)) {
      const range = rangeOf(options, dashboard, now);
      const rest = { width: options.width, scrapeInterval, theme: 'dark' as const, source: 'a test' };
      const { data } = await previewOf(dashboard, { sources, range, chosen: new Map(), ...rest });
      previews.push([name, data]);
    }
    return previews;
  } finally {
    await stop();
  }
};

/** The panels of each rule's findings, as `KNOWN` has them. */
const namesOf = (findings: readonly Finding[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    [...Map.groupBy(findings, ({ rule }) => rule)].map(([rule, found]) => [
      rule,
      [...new Set(found.map(({ panel }) => panel))].toSorted(),
    ]),
  );

/** Moves the focus by the Tab key over the whole page, and gives what it did not reach of what can be focused. */
const notReached = async (page: Page): Promise<readonly string[]> => {
  const targets = `[...document.querySelectorAll('#root a[href], #root button')].filter((each) =>
    each.closest('[role=grid]') === null && each.checkVisibility({ visibilityProperty: true }))`;
  await page.evaluate<void>(`document.addEventListener('focusin', ({ target }) => target.dataset.reached = 'true')`);
  const count = await page.evaluate<number>(
    `document.querySelectorAll('#root a[href], #root button, #root [tabindex]').length`,
  );
  for (let press = 0; press <= count; press += 1) await page.press('Tab');
  return page.evaluate<string[]>(
    `${targets}.filter((each) => each.dataset.reached !== 'true').map((each) => each.textContent || each.ariaLabel)`,
  );
};

describe.skipIf(!hasChromium)('in Chromium', () => {
  describePeers(['prometheus', 'promtool'], 'the dashboards with the built-in weeks', () => {
    const folder = mkdtempSync(join(tmpdir(), 'preview-browser-'));
    const file = join(folder, 'page.html');
    const found = new Map<string, Finding[]>();
    const exceptions: string[] = [];
    let unreached: readonly string[] = [];
    let page: Page;

    const open = async (data: PreviewData): Promise<void> => {
      writeFileSync(file, writePage(data));
      await page.open(pathToFileURL(file).href);
    };

    const judge = async (name: string, data: PreviewData): Promise<void> => {
      const findings = found.get(name) ?? [];
      found.set(name, findings);
      findings.push(...dataFindings(data));
      for (const theme of THEMES) {
        for (const width of WIDTHS) {
          await page.resize({ width, height: HEIGHT });
          await open({ ...data, theme });
          const facts = await factsOf(page);
          exceptions.push(...facts.exceptions, ...page.errors);
          findings.push(...layoutFindings(facts));
        }
      }
    };

    beforeAll(async () => {
      page = await startChromium({ width: WIDTHS[0], height: HEIGHT });
      for (const accounts of ACCOUNTS) {
        const previews = await previewsOf(accounts);
        for (const [name, data] of previews) await judge(name, data);
        if (accounts !== ACCOUNTS[0]) continue;
        const [, first] = previews.find(([name]) => name === 'anthropic-proxy') ?? [];
        if (first !== undefined) await open(first);
        unreached = await notReached(page);
      }
    }, TIMEOUT_MS);

    afterAll(async () => {
      await page?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test('throw nothing and log no error at any width, in any theme, with few and many accounts', () => {
      expect(found.size).toBe(Object.keys(KNOWN).length);
      expect(exceptions).toEqual([]);
    });

    test.each(Object.keys(KNOWN))('%s has the known faults and no others', (name) => {
      expect(namesOf(found.get(name) ?? [])).toEqual(KNOWN[name]);
    });

    test('every link, legend and row is reached by the Tab key', () => {
      expect(unreached).toEqual([]);
    });
  });
});
