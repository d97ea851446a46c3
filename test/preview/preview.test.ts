import { afterEach, describe, expect, test } from 'vitest';
import { readDashboard } from '../../dashboards/preview/classic.ts';
import { type PreviewOptions, previewOf } from '../../dashboards/preview/preview.ts';
import { createLoki, createPrometheus, displayUrl, noLogs } from '../../dashboards/preview/sources.ts';
import { type Answer, emptyAnswer, type FakeSource, type Received, startFake, success } from './fake-sources.ts';

const HOUR = 3_600_000;
const TO = Date.UTC(2026, 10, 25, 15);
const TOKEN = 'glsa_very-secret';

const fakes: FakeSource[] = [];

const fake = async (answer: (request: Received) => Answer = emptyAnswer): Promise<FakeSource> => {
  const started = await startFake(answer);
  fakes.push(started);
  return started;
};

afterEach(async () => {
  for (const one of fakes.splice(0)) await one.stop();
});

const PROMETHEUS = { type: 'prometheus', uid: 'p' };
const LOKI = { type: 'loki', uid: 'l' };

interface Wanted extends Partial<Omit<PreviewOptions, 'sources'>> {
  readonly timeoutMs?: number;
  readonly prometheus: FakeSource;
  readonly loki?: FakeSource;
}

const preview = (dashboard: object, { prometheus, loki, timeoutMs = 5_000, ...options }: Wanted) => {
  const http = (url: string) => ({ url, token: TOKEN, timeoutMs });
  return previewOf(readDashboard(JSON.stringify({ title: 't', panels: [], ...dashboard }), 'test.json'), {
    sources: {
      metrics: createPrometheus(http(prometheus.url)),
      logs: loki === undefined ? noLogs('needs Loki') : createLoki(http(loki.url)),
    },
    range: { from: TO - 6 * HOUR, to: TO },
    chosen: new Map(),
    width: 1_600,
    scrapeInterval: 15_000,
    theme: 'dark',
    source: 'a test',
    ...options,
  });
};

const panel = (targets: readonly object[], more: object = {}) => ({
  id: 1,
  type: 'timeseries',
  title: 'Rate',
  gridPos: { x: 0, y: 0, w: 12, h: 8 },
  datasource: PROMETHEUS,
  targets,
  ...more,
});

const asked = ({ received }: FakeSource) =>
  received.map(({ path, parameters }) => ({ path, ...Object.fromEntries(parameters) }));

describe('a query to Prometheus', () => {
  test('has the step of the panel’s width, and a range in multiples of it', async () => {
    const prometheus = await fake();
    await preview(
      { panels: [panel([{ refId: 'A', expr: 'rate(a[$__rate_interval]) / $__range_s' }])] },
      { prometheus, range: { from: TO - 6 * HOUR + 7_000, to: TO + 7_000 } },
    );
    expect(asked(prometheus)).toEqual([
      {
        path: '/api/v1/query_range',
        query: 'rate(a[1m]) / 21600',
        start: String((TO - 6 * HOUR) / 1_000),
        end: String(TO / 1_000),
        step: '30',
      },
    ]);
  });

  test.each([
    ['of the query', { interval: '75s' }, {}],
    ['of the panel', {}, { interval: '75s' }],
    ['of the panel in the old notation', {}, { interval: '>75s' }],
  ])('keeps to the least step %s, which is the scrape interval of its rates', async (_, target, more) => {
    const prometheus = await fake();
    await preview(
      { panels: [panel([{ refId: 'A', expr: 'rate(a[$__rate_interval])', ...target }], more)] },
      { prometheus },
    );
    expect(asked(prometheus)[0]).toMatchObject({ query: 'rate(a[5m])', step: '75' });
  });

  test.each([
    ['instant', { instant: true }, ['/api/v1/query']],
    ['range', { range: true, instant: false }, ['/api/v1/query_range']],
    ['both', { instant: true, range: true }, ['/api/v1/query_range', '/api/v1/query']],
    ['hidden', { hide: true }, []],
  ])('that is %s asks %j of %j', async (_, target, paths) => {
    const prometheus = await fake();
    await preview({ panels: [panel([{ refId: 'A', expr: 'a', ...target }])] }, { prometheus });
    expect(
      asked(prometheus)
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(paths.toSorted());
  });

  test('of a panel with its own time covers that time', async () => {
    const prometheus = await fake();
    const more = { timeFrom: '1h', timeShift: '1d' };
    await preview({ panels: [panel([{ refId: 'A', expr: 'a', instant: true }], more)] }, { prometheus });
    expect(asked(prometheus)[0]).toMatchObject({ time: String((TO - 24 * HOUR) / 1_000) });
  });

  test('of each copy of a repeated panel has the value of that copy', async () => {
    const prometheus = await fake();
    await preview(
      {
        panels: [panel([{ refId: 'A', expr: 'a{pod=~"$pod"}', instant: true }], { repeat: 'pod' })],
        templating: { list: [{ name: 'pod', type: 'custom', query: 'x.1,y', multi: true, includeAll: true }] },
      },
      { prometheus },
    );
    expect(prometheus.received.map(({ parameters }) => parameters.get('query')).toSorted()).toEqual([
      'a{pod=~"x\\\\.1"}',
      'a{pod=~"y"}',
    ]);
  });

  test('in a collapsed row is asked as well', async () => {
    const prometheus = await fake();
    const row = {
      id: 9,
      type: 'row',
      collapsed: true,
      panels: [panel([{ refId: 'A', expr: 'inside', instant: true }])],
    };
    const { data } = await preview({ panels: [row] }, { prometheus });
    expect(data.panels['1']?.[0]).toMatchObject({ expr: 'inside', prometheus: { resultType: 'vector', result: [] } });
  });

  test('of a panel that shows another one is that one’s answer', async () => {
    const prometheus = await fake();
    const shared = {
      id: 2,
      type: 'stat',
      datasource: { type: 'datasource', uid: '-- Dashboard --' },
      targets: [{ refId: 'A', panelId: 1 }],
    };
    const { data } = await preview({ panels: [panel([{ refId: 'A', expr: 'a' }]), shared] }, { prometheus });
    expect(data.panels['2']).toEqual(data.panels['1']);
    expect(prometheus.received).toHaveLength(1);
  });

  test('is one of at most six at a time', async () => {
    let [now, most] = [0, 0];
    const metrics = {
      ...createPrometheus({ url: 'http://unused', timeoutMs: 1 }),
      range: async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setImmediate(resolve));
        now -= 1;
        return { resultType: 'matrix', result: [] };
      },
    };
    const targets = Array.from({ length: 30 }, (_, index) => ({ refId: String(index), expr: 'a' }));
    const dashboard = readDashboard(JSON.stringify({ title: 't', panels: [panel(targets)] }), 'test.json');
    const { data } = await previewOf(dashboard, {
      sources: { metrics, logs: noLogs('needs Loki') },
      range: { from: 0, to: HOUR },
      chosen: new Map(),
      width: 800,
      scrapeInterval: 15_000,
      theme: 'light',
      source: '',
    });
    expect(most).toBe(6);
    expect(data.panels['1']).toHaveLength(30);
  });
});

describe('a failure', () => {
  const failing = async (answer: (request: Received) => Answer, timeoutMs?: number) => {
    const prometheus = await fake(answer);
    const { data, failures } = await preview(
      { panels: [panel([{ refId: 'A', expr: 'a' }])] },
      { prometheus, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
    );
    return { problem: data.panels['1']?.[0]?.problem ?? '', failures, prometheus };
  };

  test.each<[string, Answer, RegExp]>([
    [
      'an error of the API',
      { status: 400, body: JSON.stringify({ status: 'error', errorType: 'bad_data', error: 'parse error' }) },
      /HTTP 400: parse error/,
    ],
    ['a page of a gateway', { status: 502, body: '<h1>Bad gateway</h1>' }, /HTTP 502: <h1>Bad gateway<\/h1>/],
    ['an answer that is none', { body: '{"status":"success"}' }, /HTTP 200: \{"status":"success"\}/],
    ['nothing', { status: 401, body: '' }, /HTTP 401: an empty answer/],
  ])('by %s is in the panel and among the failures', async (_, answer, expected) => {
    const { problem, failures, prometheus } = await failing(() => answer);
    expect(problem).toMatch(expected);
    expect(problem).toContain(prometheus.url);
    expect(failures).toEqual([`panel "Rate", query A: ${problem}`]);
  });

  test('by silence ends after the time-out', async () => {
    const { problem } = await failing(() => 'never', 100);
    expect(problem).toContain('no answer within 0.1 s; raise --timeout or shorten the range');
  });

  test('by a source that is not there has the reason of the system', async () => {
    const prometheus = await fake();
    await prometheus.stop();
    fakes.pop();
    const { failures } = await preview({ panels: [panel([{ refId: 'A', expr: 'a' }])] }, { prometheus });
    expect(failures[0]).toMatch(/ECONNREFUSED/);
  });

  test('never shows the token, even where the answer does', async () => {
    const { problem, failures, prometheus } = await failing(({ authorization }) => ({
      status: 403,
      body: `no rights: ${authorization}`,
    }));
    expect(prometheus.received[0]?.authorization).toBe(`Bearer ${TOKEN}`);
    expect(problem).toContain('no rights: Bearer [token]');
    expect(JSON.stringify([problem, failures])).not.toContain(TOKEN);
  });

  test('is no failure where a source is not given', async () => {
    const prometheus = await fake();
    const { data, failures } = await preview(
      { panels: [panel([{ refId: 'A', expr: '{a="b"}', datasource: LOKI }])] },
      { prometheus },
    );
    expect(data.panels['1']?.[0]?.problem).toBe('needs Loki');
    expect(failures).toEqual([]);
  });

  test('of a data source that the preview has none of names it', async () => {
    const prometheus = await fake();
    const { data } = await preview(
      { panels: [panel([{ refId: 'A', expr: 'a' }], { datasource: { type: 'mysql', uid: 'x' } })] },
      { prometheus },
    );
    expect(data.panels['1']?.[0]?.problem).toBe('needs the data source mysql');
  });
});

describe('a query to Loki', () => {
  test('has nanoseconds, a limit and labels by where they come from', async () => {
    const [prometheus, loki] = [await fake(), await fake()];
    const target = { refId: 'A', expr: 'count_over_time({a="b"}[$__auto])', queryType: 'range', maxLines: 50 };
    await preview({ panels: [panel([target], { datasource: LOKI })] }, { prometheus, loki });
    expect(asked(loki)).toEqual([
      {
        path: '/loki/api/v1/query_range',
        query: 'count_over_time({a="b"}[30s])',
        start: `${TO - 6 * HOUR}000000`,
        end: `${TO}000000`,
        step: '30000ms',
        direction: 'backward',
        limit: '50',
      },
    ]);
    expect(loki.received[0]?.authorization).toBe(`Bearer ${TOKEN}`);
  });
});

describe('an annotation', () => {
  test('of Prometheus joins neighbouring points', async () => {
    const at = (minutes: number) => TO / 1_000 - 60 * minutes;
    const values = [10, 9, 8, 3].map((minutes) => [at(minutes), '1']);
    const prometheus = await fake(() => success({ resultType: 'matrix', result: [{ metric: { pod: 'x' }, values }] }));
    const list = [
      { name: 'Restarts', expr: 'a > 0', datasource: PROMETHEUS, iconColor: 'red', titleFormat: 'of {{pod}}' },
    ];
    const { data } = await preview({ annotations: { list } }, { prometheus });
    const common = { name: 'Restarts', color: 'red', title: 'of x', text: 'pod=x' };
    expect(data.annotations).toEqual([
      { ...common, from: at(10) * 1_000, to: at(8) * 1_000 },
      { ...common, from: at(3) * 1_000, to: null },
    ]);
  });

  test('of Loki is an event a line, with labels from the line in its text', async () => {
    const [prometheus, loki] = [
      await fake(),
      await fake(() =>
        success({
          resultType: 'streams',
          result: [{ stream: { pod: 'x' }, values: [[`${TO}000000`, 'raw', { parsed: { reason: '</script>' } }]] }],
        }),
      ),
    ];
    const list = [{ name: 'Starts', expr: '{a="b"}', datasource: LOKI, textFormat: '{{reason}} in {{pod}}{{none}}' }];
    const { data } = await preview({ annotations: { list } }, { prometheus, loki });
    expect(data.annotations).toMatchObject([{ from: TO, to: null, title: 'Starts', text: '</script> in x' }]);
  });

  test.each([{ enable: false }, { builtIn: 1 }])('with %j is not asked', async (more) => {
    const prometheus = await fake();
    await preview(
      { annotations: { list: [{ name: 'a', expr: 'a', datasource: PROMETHEUS, ...more }] } },
      { prometheus },
    );
    expect(prometheus.received).toEqual([]);
  });
});

test('a URL is shown without its user and password, and these are sent', async () => {
  const prometheus = await fake();
  const url = prometheus.url.replace('//', '//me:p%40ss@');
  expect(displayUrl(`${url}/prefix/`)).toBe(`${prometheus.url}/prefix`);
  await createPrometheus({ url, timeoutMs: 5_000 }).instant('a', TO);
  expect(prometheus.received[0]?.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
});
