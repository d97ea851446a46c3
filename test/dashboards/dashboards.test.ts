// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana replaces these
import { describe, expect, test } from 'vitest';
import {
  ANTHROPIC_PROXY_PANELS,
  DASHBOARD_UIDS,
  LOGS_PANELS,
  METRICS,
  type PanelId,
  STACK_HEALTH_PANELS,
  seriesNames,
  TARGET_LABELS,
} from '#catalog';
import { dashboards } from '#dashboards';
import { allRendered, type Json, NO_LINES, type Panel, panelsOf, partsOf, rendered } from './rendered.ts';

const PANELS: Readonly<Record<string, Readonly<Record<string, PanelId>>>> = {
  [DASHBOARD_UIDS.anthropicProxy]: ANTHROPIC_PROXY_PANELS,
  [DASHBOARD_UIDS.logs]: LOGS_PANELS,
  [DASHBOARD_UIDS.stackHealth]: STACK_HEALTH_PANELS,
};

const ALL = allRendered();

test('there is a dashboard for every uid of the catalog', () => {
  expect(ALL.map(({ uid }) => uid).toSorted()).toEqual(Object.values(DASHBOARD_UIDS).toSorted());
});

/** What Grafana fills in without any variable of a dashboard. */
const BUILT_IN = /^(__\w+(\.[\w.]+)?|timeFilter)$/;

const referencesOf = (text: string): readonly string[] => [
  ...[...text.matchAll(/\$\{([\w.]+)(?::\w+)?\}/g)].map(([, name = '']) => name),
  ...[...text.matchAll(/\$(\w+)/g)].map(([, name = '']) => name),
];

/** The text without what a regular expression calls its groups. */
const referred = (json: object): string => JSON.stringify(json).replaceAll(/\\"\$\d\\"/g, '""');

describe.each(ALL.map((json): [string, Json] => [json.title, json]))('%s', (_, json) => {
  const panels = panelsOf(json);
  const variables = json.templating.list.map(({ name }) => name);

  test('has every panel of the catalog once, under its number', () => {
    expect(panels.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(
      Object.values(PANELS[json.uid] ?? {}).map(({ id }) => id),
    );
  });

  test('gives no two panels the same title', () => {
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  });

  test.each(panels.map((panel): [string, Panel] => [panel.title, panel]))('says of %s what it is', (_title, panel) => {
    expect(panel.description.length).toBeGreaterThan(150);
    expect(panel.targets.length).toBeGreaterThan(0);
    expect(panel.targets.map(({ refId }) => refId)).toEqual(
      ['A', 'B', 'C', 'D', 'E', 'F'].slice(0, panel.targets.length),
    );
    expect(variables).toContain(panel.datasource.uid.slice(2, -1));
  });

  test.each(panels.filter(({ type }) => type !== 'logs').map((panel): [string, Panel] => [panel.title, panel]))(
    'writes the values of %s in a unit, and says what it means when there are none',
    (_title, { fieldConfig }) => {
      expect(fieldConfig?.defaults.unit).toMatch(/^\w+$/);
      expect(fieldConfig?.defaults.noValue).toMatch(/^\w.+/);
    },
  );

  test('has no two panels in one place, and none beyond the grid', () => {
    const places = json.panels.map(({ gridPos }) => gridPos);
    const cells = places.flatMap(({ x, y, w, h }) =>
      Array.from({ length: w * h }, (_cell, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...places.map(({ x, w }) => x + w))).toBe(24);
  });

  test('leads to panels and dashboards that exist, and sets variables that they have', () => {
    const urls = [...JSON.stringify(json).matchAll(/"url":"(\/d\/[^"]*)"/g)].map(([, url = '']) => url);
    expect(urls.length).toBeGreaterThan(10);
    for (const url of urls) {
      const [, uid = ''] = /^\/d\/([\w-]+)\?/.exec(url) ?? [];
      const target = rendered(uid);
      const [, panel] = /viewPanel=(\d+)/.exec(url) ?? [];
      if (panel !== undefined) expect(panelsOf(target).map(({ id }) => id)).toContain(Number(panel));
      const there = target.templating.list.map(({ name }) => name);
      for (const [, name] of url.matchAll(/var-(\w+)=/g)) expect(there).toContain(name);
      expect(url).toContain('${__url_time_range}');
    }
  });

  test('refers to its own variables and to Grafana’s alone, and uses all that it has', () => {
    const names = referencesOf(referred(json));
    expect(names.filter((name) => !BUILT_IN.test(name) && !variables.includes(name))).toEqual([]);
    expect(variables.filter((name) => !names.includes(name))).toEqual([]);
  });

  test('builds the same text each time', () => {
    const build = dashboards.find((one) => one(NO_LINES).uid === json.uid);
    expect(JSON.stringify(build?.(NO_LINES).json)).toBe(JSON.stringify(build?.(NO_LINES).json));
  });

  const expressionsFor = (datasource: string) =>
    panels
      .filter((panel) => panel.datasource.type === datasource)
      .flatMap(({ title, type, targets }) =>
        targets.map(({ refId, expr }) => ({ at: `${title}, ${refId}`, expr, type, datasource })),
      );

  const labelsWithVariable = variables.filter((name) => !/datasource$/.test(name));
  const metricQueries = expressionsFor('prometheus');
  const logQueries = expressionsFor('loki');

  test('asks of its first datasource whatever it asks in panels that linters look into', () => {
    const [first] = variables;
    const checked = ['timeseries', 'stat', 'gauge', 'table'];
    expect(panels.filter(({ type }) => checked.includes(type)).map(({ datasource }) => datasource.uid)).toEqual(
      panels.filter(({ type }) => checked.includes(type)).map(() => `\${${first}}`),
    );
  });

  describe.runIf(metricQueries.length > 0)('in PromQL', () => {
    test.each(metricQueries)('$at narrows every selector to the chosen jobs and instances', ({ expr }) => {
      const selectors = partsOf('prometheus', expr, 'VectorSelector');
      expect(selectors.length).toBeGreaterThan(0);
      for (const selector of selectors) {
        expect(selector).toContain('job=~"$job"');
        expect(selector).toContain('instance=~"$instance"');
      }
    });

    test.each(metricQueries)('$at reads metrics of the catalog and narrows those that have the label', ({ expr }) => {
      for (const selector of partsOf('prometheus', expr, 'VectorSelector')) {
        const name = selector.slice(0, selector.indexOf('{'));
        const metric = METRICS.find((one) => seriesNames(one).includes(name));
        expect(metric, name).toBeDefined();
        const labels = [...TARGET_LABELS, ...(metric?.labels ?? []).map((label) => label.name)];
        for (const label of labelsWithVariable)
          expect(selector.includes(`${label}=~"$${label}"`), label).toBe(labels.includes(label));
      }
    });

    test.each(metricQueries)('$at reads rates over the interval that fits the zoom', ({ expr }) => {
      const windows = [...expr.matchAll(/(\w+)\([^()]*\[([^\]]+)\]\)/g)].map(([, name, window]) => [name, window]);
      expect(windows.filter(([name, window]) => name === 'rate' && window !== '$__rate_interval')).toEqual([]);
    });
  });

  describe.runIf(logQueries.length > 0)('in LogQL', () => {
    test.each(logQueries)('$at is LogQL, with the chosen pods and levels in every stream', ({ expr }) => {
      const streams = partsOf('loki', expr, 'Selector');
      expect(streams.length).toBeGreaterThan(0);
      for (const stream of streams)
        expect(stream).toBe('{service_name="anthropic-proxy", instance=~"$instance", level=~"$level"}');
    });

    test.each(logQueries)('$at reads the range that Grafana chooses, or none', ({ expr, type }) => {
      const ranges = [...expr.matchAll(/\[([^\]]+)\]/g)].map(([, range]) => range);
      expect(ranges).toEqual(type === 'timeseries' ? ['$__auto'] : []);
    });
  });
});
