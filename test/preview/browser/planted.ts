import type { Json, PreviewData, QueryAnswer } from '../../../dashboards/preview/preview-data.ts';
import { FROM, previewOf, streams, TO } from '../page/fake-data.ts';
import type { Rule } from './finding.ts';

type JsonObject = { readonly [key: string]: Json };

/** A panel with what its query was answered. */
export interface Planted {
  readonly panel: JsonObject;
  readonly answer: Omit<QueryAnswer, 'refId' | 'expr'>;
  readonly expr?: string;
}

const START_S = FROM / 1_000;
const STEP_S = 60;
const POINTS = (TO - FROM) / 1_000 / STEP_S;

/** Lines of a graph by name: their values at each step. */
export type Lines = Readonly<Record<string, (step: number) => number>>;

const matrixOf = (lines: Lines): Json => ({
  resultType: 'matrix',
  result: Object.entries(lines).map(
    ([name, at]): Json => ({
      metric: { name },
      values: Array.from({ length: POINTS }, (_, step): Json => [START_S + step * STEP_S, String(at(step))]),
    }),
  ),
});

const vectorOf = (rows: readonly JsonObject[]): Json => ({
  resultType: 'vector',
  result: rows.map((metric): Json => ({ metric, value: [TO / 1_000, '3123'] })),
});

/** Wavy lines, none of which is flat or zero. */
export const waves = (names: readonly string[]): Lines =>
  Object.fromEntries(names.map((name, index) => [name, (step: number) => 40 + index + 5 * Math.sin(step / 6)]));

/** `count` names such as `team-1`. */
export const teams = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `team-${index + 1}`);

interface GraphOptions {
  readonly w?: number;
  readonly h?: number;
  readonly placement?: 'bottom' | 'right';
  readonly unit?: string;
  readonly fillOpacity?: number;
  readonly colors?: readonly string[];
  readonly description?: string;
  readonly expr?: string;
}

/** A graph with a legend; what is not given has no fault. */
export const graph = (lines: Lines, options: GraphOptions = {}): Planted => {
  const { w = 24, h = 14, placement = 'bottom', unit = 'none', fillOpacity = 0, colors = [] } = options;
  const names = Object.keys(lines);
  return {
    panel: {
      id: 1,
      type: 'timeseries',
      title: 'Graph',
      description: options.description ?? '',
      gridPos: { x: 0, y: 0, w, h },
      targets: [{ refId: 'A', legendFormat: '{{name}}' }],
      fieldConfig: {
        defaults: { unit, color: { mode: 'palette-classic' }, custom: { fillOpacity } },
        overrides: colors.map((fixedColor, index) => ({
          matcher: { id: 'byName', options: names[index] ?? '' },
          properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
        })),
      },
      options: { legend: { displayMode: 'table', placement, calcs: ['lastNotNull', 'max'] } },
    },
    answer: { prometheus: matrixOf(lines) },
    ...(options.expr === undefined ? {} : { expr: options.expr }),
  };
};

interface StatOptions {
  readonly w?: number;
  readonly h?: number;
  readonly decimals?: number;
}

/** A number of a few thousands with its name. */
export const stat = (name: string, { w = 8, h = 6, decimals = 2 }: StatOptions = {}): Planted => ({
  panel: {
    id: 1,
    type: 'stat',
    title: 'Stat',
    gridPos: { x: 0, y: 0, w, h },
    targets: [{ refId: 'A', legendFormat: '{{name}}', instant: true }],
    fieldConfig: { defaults: { unit: 'short', decimals }, overrides: [] },
    options: { textMode: 'value_and_name', colorMode: 'none', graphMode: 'none' },
  },
  answer: { prometheus: vectorOf([{ name }]) },
});

interface TableOptions {
  readonly w?: number;
  readonly widths?: Readonly<Record<string, number>>;
}

/** A table with a column a label. */
export const table = (row: Readonly<Record<string, string>>, { w = 24, widths = {} }: TableOptions = {}): Planted => ({
  panel: {
    id: 1,
    type: 'table',
    title: 'Table',
    gridPos: { x: 0, y: 0, w, h: 8 },
    targets: [{ refId: 'A', format: 'table', instant: true }],
    fieldConfig: {
      defaults: { custom: { filterable: true } },
      overrides: Object.entries(widths).map(([options, value]) => ({
        matcher: { id: 'byName', options },
        properties: [{ id: 'custom.width', value }],
      })),
    },
    options: {},
  },
  answer: { prometheus: vectorOf([row]) },
});

/** Lines of a log. */
export const logs = (lines: readonly string[], h = 8): Planted => ({
  panel: {
    id: 1,
    type: 'logs',
    title: 'Logs',
    gridPos: { x: 0, y: 0, w: 24, h },
    targets: [{ refId: 'A' }],
    options: { showTime: true, wrapLogMessage: true },
  },
  answer: { loki: streams(lines) },
});

/** The preview of a dashboard with these panels. */
export const dashboardOf = (
  planted: readonly Planted[],
  others: { readonly dashboard?: JsonObject; readonly data?: Partial<PreviewData> } = {},
): PreviewData => {
  const panels = planted.map(({ panel }, index): JsonObject => {
    const place = panel.gridPos as JsonObject;
    return { ...panel, id: index + 1, gridPos: { ...place, y: 30 * index } };
  });
  const answers = planted.map(({ answer, expr = '' }, index) => [String(index + 1), [{ refId: 'A', expr, ...answer }]]);
  return previewOf(
    { uid: 'planted', title: 'Planted', timezone: 'utc', panels, ...others.dashboard },
    { panels: Object.fromEntries(answers), ...others.data },
  );
};

const marks = (count: number): PreviewData['annotations'] =>
  Array.from({ length: count }, (_, index) => ({
    name: 'Limits',
    color: 'red',
    from: FROM + index * STEP_S * 1_000,
    to: null,
    title: 'A limit',
    text: '',
  }));

const logAnnotation = (expr: string): JsonObject => ({
  templating: { list: [{ name: 'credential', type: 'query', hide: 2 }] },
  annotations: { list: [{ name: 'Limits', enable: true, expr }] },
});

const LONG =
  'This request would exceed the rate limit of your organization for a minute of an hour of a day of a week. '.repeat(
    4,
  );

/** A moment that a range of half an hour draws as a plateau. */
const plateau = (step: number): number => (step > 20 && step <= 50 ? 1 : 0);
const stripes = (step: number): number => (step % 8 === 0 ? 0 : 88);
const level = (value: number) => (): number => value;
const named = (names: readonly string[], at: (step: number) => number): Lines =>
  Object.fromEntries(names.map((name) => [name, at]));

/** A dashboard in which no rule finds anything. */
export const faultless = dashboardOf([
  graph(waves(teams(3)), { colors: ['#73bf69', '#f2cc0c', '#5794f2'] }),
  stat('requests'),
  table({ type: 'overloaded', status: '529' }),
  logs(Array.from({ length: 20 }, (_, index) => `request ${index} ended`)),
]);

/** Dashboards with one kind of fault each, by what is wrong with them. */
export const FAULTS: readonly (readonly [string, Rule, PreviewData])[] = [
  ['a mark a log line', 'annotation-wall', dashboardOf([graph(waves(teams(3)))], { data: { annotations: marks(25) } })],
  [
    'marks of all credentials, with one chosen',
    'annotation-ignores-variables',
    dashboardOf([graph(waves(teams(3)))], { dashboard: logAnnotation('{app="proxy"} |= "429"') }),
  ],
  [
    'a legend on the right of a small graph',
    'plot-narrow',
    dashboardOf([graph(waves(teams(3)), { w: 8, placement: 'right' })]),
  ],
  [
    'a legend on the right for one line',
    'plot-narrow',
    dashboardOf([
      graph(waves(['a-server-with-a-long-name-5d9c7b8f66-h2x4q in its namespace']), { w: 8, placement: 'right' }),
    ]),
  ],
  [
    'lines that are always zero',
    'zero-series',
    dashboardOf([graph({ ...waves(teams(3)), ...named(['a', 'b', 'c', 'd', 'e'], level(0)) })]),
  ],
  ['a number without its digits', 'few-digits', dashboardOf([stat('requests', { decimals: 0 })])],
  ['a message that its column cuts off', 'text-clipped', dashboardOf([table({ message: LONG }, { w: 8 })])],
  [
    'a request id that its column cuts off',
    'text-clipped',
    dashboardOf([table({ request: 'req_011CSHoEeqs5C35K2UUqR7Fy' }, { widths: { request: 90 } })]),
  ],
  [
    'a name that a legend cuts off',
    'text-clipped',
    dashboardOf([
      graph(waves(['faults of anthropic-proxy in its namespace of a cluster']), { w: 6, placement: 'right' }),
    ]),
  ],
  ['a legend that shows few of its entries', 'legend-hidden', dashboardOf([graph(waves(teams(12)), { h: 8 })])],
  ['lines in a low panel', 'plot-low', dashboardOf([graph(waves(teams(12)), { h: 8 })])],
  [
    'two lines of one color',
    'colors-collide',
    dashboardOf([graph(waves(teams(2)), { colors: ['#73bf69', '#73bf69'] })]),
  ],
  [
    'two lines of nearly one color',
    'colors-collide',
    dashboardOf([graph(waves(teams(2)), { colors: ['#96d98d', '#9bdc92'] })]),
  ],
  ['areas under many lines', 'fill-under-lines', dashboardOf([graph(waves(teams(8)), { fillOpacity: 10 })])],
  ['many lines at 1', 'equal-lines', dashboardOf([graph(named(teams(7), level(1)))])],
  ['a name twice', 'name-doubled', dashboardOf([graph(waves(['alertmanager alertmanager-0', 'loki']))])],
  [
    'a head that its column cuts off',
    'head-clipped',
    dashboardOf([table({ 'Output tokens': '12' }, { widths: { 'Output tokens': 90 } })]),
  ],
  ['a time as it came', 'raw-time', dashboardOf([table({ until: '2026-01-05T08:00:00.000Z' })])],
  ['a log line as it came', 'raw-json', dashboardOf([logs(Array(20).fill('{"level":"INFO","msg":"stopped"}'))])],
  ['few log lines in a high panel', 'mostly-empty', dashboardOf([logs(['started'], 12)])],
  [
    'a moment that lasts as long as a range',
    'moment-as-plateau',
    dashboardOf([graph({ resets: plateau }, { expr: 'changes(proxy_window_resets_at[30m])' })]),
  ],
  [
    'a share that is 0 when nothing happens',
    'stripes-to-zero',
    dashboardOf([graph({ cache: stripes }, { unit: 'percent' })]),
  ],
  ['a name that wraps', 'text-wraps', dashboardOf([stat('most of one in an hour of the day', { w: 3, h: 8 })])],
  ['more than all', 'percent-above-100', dashboardOf([graph({ faults: level(131) }, { unit: 'percent' })])],
  [
    'more than all, as a ratio',
    'percent-above-100',
    dashboardOf([graph({ faults: level(1.31) }, { unit: 'percentunit' })]),
  ],
  ['no data and no reason', 'no-reason', dashboardOf([graph({})])],
];

/** What a script does to the faultless dashboard, and what is then wrong with it. */
export const DAMAGES: readonly (readonly [string, Rule, string])[] = [
  ['a panel on another', 'panels-overlap', `document.querySelector('[data-panel-id="2"]').style.top = '100px'`],
  [
    'a text on another',
    'texts-overlap',
    `{ const [first, second] = document.querySelectorAll('[data-panel-id="4"] time');
       const distance = second.getBoundingClientRect().top - first.getBoundingClientRect().top;
       second.style.transform = 'translateY(-' + distance + 'px)'; }`,
  ],
  [
    'a graph without its lines',
    'no-lines',
    `{ const canvas = document.querySelector('[data-panel-id="1"] canvas');
       canvas.getContext('2d').clearRect(0, 0, canvas.width, canvas.height); }`,
  ],
  ['text like its background', 'contrast', `document.querySelector('[data-panel-id="1"] h2').style.color = '#222'`],
  [
    'text like its background outside the panels',
    'contrast',
    `document.querySelector('.preview-footer p').style.color = '#222'`,
  ],
  [
    'a legend that the keyboard does not reach',
    'keyboard',
    `document.querySelector('[data-panel-id="1"] tbody button').tabIndex = -1`,
  ],
  [
    'an element that only a mouse can click',
    'keyboard',
    `{ const element = document.createElement('span');
       element.style.cursor = 'pointer'; element.textContent = 'open';
       document.querySelector('.preview-top-bar').append(element); }`,
  ],
  ['a page wider than its window', 'page-scrolls', `document.querySelector('.preview-footer').style.width = '3000px'`],
];
