import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writePage } from '../../../dashboards/preview/html.ts';
import type { PreviewData } from '../../../dashboards/preview/preview-data.ts';
import { hasChromium, type Page, startChromium } from '../page/chromium.ts';
import { dataFindings } from './data-rules.ts';
import { factsOf } from './facts.ts';
import type { Finding, Rule } from './finding.ts';
import { layoutFindings } from './layout-rules.ts';
import { DAMAGES, dashboardOf, FAULTS, faultless, graph, teams, waves } from './planted.ts';

describe.skipIf(!hasChromium)('in Chromium, the rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'preview-rules-'));
  const file = join(folder, 'page.html');
  let page: Page;

  const open = async (data: PreviewData): Promise<void> => {
    writeFileSync(file, writePage(data));
    await page.open(pathToFileURL(file).href);
  };

  const findingsOf = async (data: PreviewData): Promise<readonly Finding[]> => {
    await open(data);
    return [...dataFindings(data), ...layoutFindings(await factsOf(page))];
  };

  const rulesOf = (findings: readonly Finding[]): readonly Rule[] => findings.map(({ rule }) => rule);

  beforeAll(async () => {
    page = await startChromium({ width: 1_600, height: 2_400 });
  });
  afterAll(async () => {
    await page?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(['dark', 'light'] as const)('find nothing in a faultless dashboard, %s', async (theme) => {
    expect(await findingsOf({ ...faultless, theme })).toEqual([]);
  });

  test('find a graph whose other lines are not a number drawn', async () => {
    const lines = { ...waves(['team-1']), 'team-2': () => Number.NaN, 'team-3': () => Number.POSITIVE_INFINITY };
    const colors = ['#73bf69', '#f2cc0c', '#5794f2'];
    expect(await findingsOf(dashboardOf([graph(lines, { colors })]))).toEqual([]);
  });

  test.each(FAULTS)('find %s: %s', async (_, rule, data) => {
    expect(rulesOf(await findingsOf(data))).toContain(rule);
  });

  test.each(DAMAGES)('find %s: %s', async (_, rule, script) => {
    await open(faultless);
    await page.evaluate<void>(script);
    expect(rulesOf(layoutFindings(await factsOf(page)))).toEqual([rule]);
  });

  test.each([
    [
      'a share above 100 that its description explains',
      graph({ projected: () => 131 }, { unit: 'percent', description: 'Above 100% is too much.' }),
    ],
    ['five equal lines', graph(Object.fromEntries(teams(5).map((name) => [name, () => 1])))],
    [
      'a query that follows its moment',
      graph({ resets: (step) => (step === 20 ? 1 : 0) }, { expr: 'changes(x[30m])' }),
    ],
    ['areas under few lines', graph(waves(teams(3)), { fillOpacity: 10 })],
  ] as const)('find nothing wrong with %s', (_, planted) => {
    expect(dataFindings(dashboardOf([planted]))).toEqual([]);
  });
});
