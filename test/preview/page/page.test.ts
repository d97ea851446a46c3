import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writePage } from '../../../dashboards/preview/html.ts';
import type { Json, PreviewData } from '../../../dashboards/preview/preview-data.ts';
import { hasChromium, type Page, type Position, startChromium } from './chromium.ts';
import { answersOf, panelsOf, previewOf, streams, vector } from './fake-data.ts';
import { everyKind, HOSTILE, started } from './kinds.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
/** A folder of dashboards of others, when there is one. */
const FOREIGN = process.env.PREVIEW_DASHBOARDS;
/** A dashboard of a hundred panels takes some seconds to draw. */
const FOREIGN_TIMEOUT_MS = 600_000;

const read = (path: string): Json => JSON.parse(readFileSync(path, 'utf8')) as Json;
const jsonIn = (folder: string): readonly string[] => readdirSync(folder).filter((file) => file.endsWith('.json'));

interface Box extends Position {
  readonly width: number;
  readonly height: number;
}

describe.skipIf(!hasChromium)('in Chromium, the page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'preview-page-'));
  const file = join(folder, 'page.html');
  let page: Page;

  const open = async (data: PreviewData): Promise<void> => {
    writeFileSync(file, writePage(data));
    await page.open(pathToFileURL(file).href);
  };
  const text = (selector: string) =>
    page.evaluate<string>(`document.querySelector(${JSON.stringify(selector)}).innerText`);
  const texts = (selector: string) =>
    page.evaluate<string[]>(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((each) => each.innerText)`,
    );
  const box = (selector: string) =>
    page.evaluate<Box>(`document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect().toJSON()`);
  const click = async (selector: string): Promise<void> => {
    const { x, y, width, height } = await box(selector);
    await page.click({ x: x + width / 2, y: y + height / 2 });
  };
  const press = (selector: string) =>
    page.evaluate<void>(`document.querySelector(${JSON.stringify(selector)}).click()`);
  const states = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      await page.evaluate<[string, string][]>(
        `[...document.querySelectorAll('[data-panel-id]')].map(({ dataset }) => [dataset.panelId, dataset.state])`,
      ),
    );
  const exceptions = () => page.evaluate<string[]>('window.__previewErrors');
  /** Waits for what a click changes: an expression that becomes true. */
  const until = (expression: string) =>
    page.evaluate<boolean>(`new Promise((resolve) => {
      const look = () => (${expression}) ? resolve(true) : requestAnimationFrame(look);
      look();
    })`);

  beforeAll(async () => {
    page = await startChromium({ width: 1600, height: 2200 });
  });
  afterAll(async () => {
    await page.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const variables = { job: { text: 'a <i>job</i>', value: 'a <i>job</i>' } };
  const answers = {
    ...answersOf(everyKind),
    6: [{ refId: 'A', expr: '', loki: streams(['the first', 'the second', HOSTILE]) }],
    13: [
      { refId: 'A', expr: '', problem: 'the source answered 500' },
      { refId: 'B', expr: '', problem: 'needs Loki' },
    ],
    14: [],
  };
  const everything = previewOf(everyKind, { variables, panels: answers, annotations: [started] });

  describe('of every kind of panel', () => {
    beforeAll(() => open(everything));

    test('says of each what it shows', async () => {
      expect(await states()).toEqual({
        ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15].map((id) => [id, 'data'])),
        11: 'placeholder',
        13: 'problem',
        14: 'empty',
      });
    });

    test('throws nothing, logs no error and breaks no policy', async () => {
      expect(await exceptions()).toEqual([]);
      expect(page.errors).toEqual([]);
    });

    test('runs no script of its data', async () => {
      expect(await page.evaluate('window.hostile === undefined')).toBe(true);
      expect(await page.evaluate(`document.querySelector('[data-panel-id="6"] img')`)).toBeNull();
    });

    test('shows a hostile line as it is, in the order of the panel', async () => {
      expect(await texts('[data-panel-id="6"] .preview-log-text')).toEqual(['the first', 'the second', HOSTILE]);
    });

    test('fills in variables in titles and texts, as text', async () => {
      expect(await text('[data-panel-id="1"] h2')).toBe('Requests of a <i>job</i>');
      expect(await text('[data-variable="job"]')).toBe('Job\na <i>job</i>');
      expect(await text('[data-panel-id="10"] h1')).toBe('Hello');
    });

    test('names the kind that it does not draw, in the panel and below all', async () => {
      expect(await text('[data-panel-id="11"] .preview-panel-message')).toContain('“heatmap”');
      expect(await text('footer')).toContain('Not drawn: panels of the kinds heatmap.');
    });

    test('says why queries failed, and the words of an empty panel', async () => {
      expect(await text('[data-panel-id="13"] .preview-panel-message')).toBe(
        'A: the source answered 500\nB: needs Loki',
      );
      expect(await text('[data-panel-id="14"] .preview-panel-message')).toBe('No requests');
    });

    test('draws a legend with calculations and an override of a name', async () => {
      const rows = await texts('[data-panel-id="1"] tbody tr');
      expect(rows.map((row) => row.split(/\s*\t\s*|\n+/).filter(Boolean))).toEqual([
        ['the first job', '73%', '90%'],
        ['job-1', '35%', '90%'],
        ['job-2', '11%', '90%'],
      ]);
    });

    test('maps values', async () => {
      expect(await text('[data-panel-id="2"]')).toMatch(/job-0\s+73\s+job-1\s+35\s+job-2\s+low/);
    });

    test('draws a gauge and its name a series', async () => {
      expect(await texts('[data-panel-id="3"] .preview-gauge')).toEqual(['73%\njob-0', '35%\njob-1', '11%\njob-2']);
      expect(await page.evaluate(`document.querySelectorAll('[data-panel-id="3"] .preview-gauge path').length`)).toBe(
        12,
      );
    });

    test('transforms tables', async () => {
      const heads = await texts('[data-panel-id="5"] [role=columnheader]');
      expect(heads.map((head) => head.trim())).toEqual([
        'Time',
        'job',
        'instance',
        'le',
        'credential',
        'model',
        'Amount',
      ]);
      const amounts = await texts('[data-panel-id="5"] [role=row] [role=gridcell]:last-child');
      expect(amounts.map(Number)).toEqual([70, 32, 10]);
    });

    test('draws slices with their share', async () => {
      expect(
        await page.evaluate(
          `[...document.querySelectorAll('[data-panel-id="7"] title')].map((each) => each.textContent)`,
        ),
      ).toEqual(['job-0: 73 (61%)', 'job-1: 35 (29%)', 'job-2: 11 (9%)']);
    });

    test('joins equal states of a timeline, and shows steps of thresholds in the legend of a history', async () => {
      const titles = await page.evaluate<string[]>(
        `[...document.querySelectorAll('[data-panel-id="8"] rect title')].map((each) => each.textContent)`,
      );
      expect(titles.filter((title) => title.startsWith('job-0: busy'))).toHaveLength(1);
      expect(await text('[data-panel-id="9"]')).toContain('< 60');
      expect(await text('[data-panel-id="9"]')).toContain('60+');
    });

    test('draws annotations where their filter lets them, with their text as a hint', async () => {
      const marked = await page.evaluate<string[]>(
        `[...document.querySelectorAll('[data-annotation]')].map((each) => each.closest('[data-panel-id]').dataset.panelId)`,
      );
      expect(marked).toEqual(['1']);
      expect(await page.evaluate(`document.querySelector('[data-annotation]').title`)).toBe(`Started\n${HOSTILE}`);
    });

    test('leads links to the preview of the other dashboard', async () => {
      expect(await page.evaluate(`document.querySelector('header nav a').getAttribute('href')`)).toBe(
        'another.html#panel-4',
      );
    });

    test('has its fonts without a network', async () => {
      expect(await page.evaluate(`document.fonts.check('500 14px Inter')`)).toBe(true);
      expect(
        await page.evaluate(
          `performance.getEntriesByType('resource').filter(({ name }) => !name.startsWith('data:')).length`,
        ),
      ).toBe(0);
    });

    test('names its source', async () => {
      expect(await text('footer')).toContain('data of a test');
    });
  });

  describe('when it is used', () => {
    test('opens a collapsed row and draws its panels', async () => {
      await open(everything);
      expect(Object.keys(await states())).not.toContain('16');
      await click('[data-row-id="101"]');
      await until(`document.querySelector('[data-panel-id="16"][data-state="data"]')`);
      expect(await text('[data-panel-id="16"]')).toContain('job-0');
      await click('[data-row-id="101"]');
      await until(`!document.querySelector('[data-panel-id="16"]')`);
    });

    test('shows one series alone after a click on its name, and all after a second one', async () => {
      await open(everything);
      const dim = `[...document.querySelectorAll('[data-panel-id="1"] tbody button')].filter((each) => getComputedStyle(each).color !== getComputedStyle(document.querySelector('[data-panel-id="1"] h2')).color).map((each) => each.innerText)`;
      const name = '[data-panel-id="1"] tbody tr:first-child button';
      await click(name);
      await until(`${dim}.length === 2`);
      expect(await page.evaluate(dim)).toEqual(['job-1', 'job-2']);
      await click(name);
      await until(`${dim}.length === 0`);
    });

    test('zooms every graph to what is dragged over, and back', async () => {
      await open(everything);
      const plot = await box('[data-panel-id="1"] .u-over');
      const at = (part: number): Position => ({ x: plot.x + plot.width * part, y: plot.y + plot.height / 2 });
      await page.drag(at(0.5), at(0.75));
      await until(`document.querySelector('[data-action="reset-zoom"]')`);
      expect(await text('.preview-time-range')).toMatch(/08:(29|30):\d\d to .* 08:(44|45):\d\d$/);
      await click('[data-action="reset-zoom"]');
      await until(`!document.querySelector('[data-action="reset-zoom"]')`);
      expect(await text('.preview-time-range')).toBe('2026-01-05 08:00:00 to 2026-01-05 09:00:00');
    });

    test('tells the values at the pointer', async () => {
      await open(everything);
      const plot = await box('[data-panel-id="1"] .u-over');
      await page.move({ x: plot.x + plot.width / 2, y: plot.y + plot.height / 2 });
      await until(`document.querySelector('#grafana-portal-container')?.innerText.includes('the first job')`);
      expect((await text('#grafana-portal-container')).split(/\n+/)).toEqual([
        '2026-01-05 08:30:00',
        'job-2',
        '90%',
        'job-1',
        '73%',
        'the first job',
        '35%',
      ]);
    });

    test('keeps the tooltip after a click, with the links of the nearest series', async () => {
      await open(everything);
      const plot = await box('[data-panel-id="1"] .u-over');
      const at = { x: plot.x + plot.width / 2, y: plot.y + plot.height * 0.1 };
      await page.click(at);
      await until(`document.querySelector('#grafana-portal-container a')`);
      const link = `document.querySelector('#grafana-portal-container a')`;
      expect(await page.evaluate(`${link}.innerText.trim()`)).toBe('Only this');
      expect(await page.evaluate(`${link}.getAttribute('href')`)).toBe('every-kind.html');
    });

    test('opens the description of a panel', async () => {
      await open(everything);
      const { x, y } = await box('[data-panel-id="1"] [data-testid="icon-info-circle"]');
      await page.move({ x: x + 4, y: y + 4 });
      await until(`document.body.innerText.includes('What it means.')`);
    });

    test('switches between dark and light', async () => {
      await open(everything);
      const background = `getComputedStyle(document.body).backgroundColor`;
      const dark = await page.evaluate(background);
      await press('[data-action="switch-theme"]');
      await until(`document.documentElement.dataset.theme === 'light'`);
      expect(await page.evaluate(background)).not.toBe(dark);
      expect(await exceptions()).toEqual([]);
    });

    test('shows the labels of a log line', async () => {
      await open(everything);
      await click('[data-panel-id="6"] .preview-log-line button');
      await until(`document.querySelector('.preview-log-details')`);
      expect(await text('.preview-log-details')).toContain('error_message\nno route');
    });
  });

  test('sets what a query says a maximum is', async () => {
    const dashboard: Json = {
      title: 'Maximum',
      panels: [
        {
          id: 1,
          type: 'gauge',
          title: 'Gauge',
          fieldConfig: { defaults: { min: 0 }, overrides: [] },
          gridPos: { x: 0, y: 0, w: 12, h: 8 },
          targets: [
            { refId: 'A', legendFormat: 'one' },
            { refId: 'B', legendFormat: 'max' },
          ],
          transformations: [
            {
              id: 'configFromData',
              options: {
                configRefId: 'B',
                mappings: [{ fieldName: 'max', handlerKey: 'max', reducerId: 'lastNotNull' }],
              },
            },
          ],
        },
      ],
    };
    const one = (value: string): Json => ({ resultType: 'vector', result: [{ metric: {}, value: [1, value] }] });
    await open(
      previewOf(dashboard, {
        panels: {
          1: [
            { refId: 'A', expr: 'a', prometheus: one('50') },
            { refId: 'B', expr: 'b', prometheus: one('50') },
          ],
        },
      }),
    );
    expect(await texts('.preview-gauge')).toHaveLength(1);
    const [background, filled] = await page.evaluate<number[]>(
      `[...document.querySelectorAll('.preview-gauge path')].slice(0, 2).map((path) => path.getTotalLength())`,
    );
    expect(filled).toBeCloseTo(background ?? 0, 3);
  });

  const single = (panel: { readonly [key: string]: Json }): Json => ({
    title: 'One panel',
    panels: [{ id: 1, title: 'Panel $job', gridPos: { x: 0, y: 0, w: 24, h: 8 }, ...panel }],
  });

  test('says on the page why it cannot be drawn', async () => {
    await open({ ...previewOf(everyKind), panels: null as unknown as PreviewData['panels'] });
    expect(await text('body')).toMatch(/^The preview cannot be drawn: .*null/);
    expect(await exceptions()).toHaveLength(1);
  });

  test('fills in the value of a copy of a repeated panel', async () => {
    const dashboard = single({ type: 'stat', scopedVars: { job: { text: 'one copy', value: 'one-copy' } } });
    await open(previewOf(dashboard, { variables: { job: { text: 'All', value: ['one-copy', 'another'] } } }));
    expect(await text('h2')).toBe('Panel one copy');
  });

  test('makes columns of the labels of log lines', async () => {
    const dashboard = single({
      type: 'table',
      targets: [{ refId: 'A' }],
      transformations: [
        { id: 'extractFields', options: { source: 'labels', format: 'auto', replace: false } },
        {
          id: 'organize',
          options: {
            includeByName: { Time: true, attempt: true, error_message: true },
            indexByName: { error_message: 0, attempt: 1, Time: 2 },
            renameByName: { error_message: 'Message', attempt: 'Attempt' },
          },
        },
        { id: 'convertFieldType', options: { conversions: [{ targetField: 'Attempt', destinationType: 'number' }] } },
      ],
    });
    await open(previewOf(dashboard, { panels: { 1: [{ refId: 'A', expr: '', loki: streams(['a line']) }] } }));
    expect((await texts('[role=columnheader]')).map((head) => head.trim())).toEqual(['Message', 'Attempt', 'Time']);
    expect(await texts('[role=gridcell]')).toEqual(['no route', '2', '2026-01-05 08:00:00']);
  });

  test.each([
    ['key-value pairs', { format: 'kvp' }, 'level=warn msg="two words"', ['level', 'msg'], ['warn', 'two words']],
    ['JSON', { format: 'json' }, '{"level":"warn","n":2}', ['level', 'n'], ['warn', '2']],
    [
      'paths of JSON',
      { format: 'json', jsonPaths: [{ path: 'a.b', alias: 'deep' }] },
      '{"a":{"b":"found"}}',
      ['deep'],
      ['found'],
    ],
    [
      'a pattern',
      { format: 'regexp', regExp: '/(?<verb>[A-Z]+) (?<path>\\S+)/' },
      'GET /x',
      ['verb', 'path'],
      ['GET', '/x'],
    ],
  ])('extracts fields of %s', async (_, options, line, heads, cells) => {
    const dashboard = single({
      type: 'table',
      targets: [{ refId: 'A' }],
      transformations: [{ id: 'extractFields', options: { source: 'Line', replace: true, ...options } }],
    });
    await open(previewOf(dashboard, { panels: { 1: [{ refId: 'A', expr: '', loki: streams([line]) }] } }));
    expect((await texts('[role=columnheader]')).map((head) => head.trim())).toEqual(heads);
    expect(await texts('[role=gridcell]')).toEqual(cells);
  });

  test('makes a row with a small graph of each series', async () => {
    const dashboard = single({
      type: 'table',
      targets: [{ refId: 'A' }],
      transformations: [{ id: 'timeSeriesTable', options: {} }],
      fieldConfig: {
        defaults: {},
        overrides: [
          {
            matcher: { id: 'byName', options: 'Trend #A' },
            properties: [{ id: 'custom.cellOptions', value: { type: 'sparkline' } }],
          },
        ],
      },
    });
    await open(previewOf(dashboard));
    expect(await page.evaluate(`document.querySelectorAll('[role=gridcell] canvas').length`)).toBe(3);
    expect(await exceptions()).toEqual([]);
  });

  test.each(['multi', 'wide'])('prepares time series in the format %s for a graph', async (format) => {
    const dashboard = single({
      type: 'timeseries',
      targets: [{ refId: 'A', legendFormat: '{{job}}' }],
      transformations: [{ id: 'prepareTimeSeries', options: { format } }],
    });
    await open(previewOf(dashboard));
    expect(await text('[data-panel-id="1"]')).toMatch(/job-0\s+job-1\s+job-2/);
  });

  const own = join(ROOT, 'dist/dashboards');
  test.each(jsonIn(own))('draws %s of this project', async (name) => {
    const dashboard = read(join(own, name));
    await open(previewOf(dashboard));
    expect(await exceptions()).toEqual([]);
    expect(page.errors).toEqual([]);
    const drawn = await states();
    expect(Object.keys(drawn).length).toBeGreaterThan(5);
    expect(Object.entries(drawn).filter(([, state]) => state !== 'data')).toEqual([]);
    await open(previewOf(dashboard, { panels: {}, theme: 'light' }));
    expect(await exceptions()).toEqual([]);
    expect(Object.entries(await states()).filter(([, state]) => state !== 'empty')).toEqual([]);
  });

  test('draws the dashboards of others, with and without data', { timeout: FOREIGN_TIMEOUT_MS }, async ({ skip }) => {
    if (FOREIGN === undefined) return skip('PREVIEW_DASHBOARDS names no folder of dashboards');
    const found: string[] = [];

    for (const name of jsonIn(FOREIGN)) {
      const dashboard = read(join(FOREIGN, name));
      for (const panels of [answersOf(dashboard), {}]) {
        await open(previewOf(dashboard, { panels }));
        const wrong = [
          ...(await exceptions()),
          ...Object.values(await states()).filter((state) => state === 'problem'),
        ];
        found.push(...wrong.map((problem) => `${name}: ${problem}`));
      }
      expect(panelsOf(dashboard).length).toBeGreaterThan(0);
    }
    expect(found).toEqual([]);
  });

  test('shows an instant answer in a graph as one point a series', async () => {
    const dashboard: Json = {
      title: 'Instant',
      panels: [{ id: 1, type: 'timeseries', title: 'Graph', targets: [{ refId: 'A', legendFormat: '{{job}}' }] }],
    };
    await open(previewOf(dashboard, { panels: { 1: [{ refId: 'A', expr: 'a', prometheus: vector() }] } }));
    expect(await states()).toEqual({ 1: 'data' });
    expect(await text('[data-panel-id="1"]')).toMatch(/job-0\s+job-1\s+job-2/);
  });
});
