import type { Json } from '../../../dashboards/preview/preview-data.ts';
import { FROM, TO } from './fake-data.ts';

type Panel = { readonly [key: string]: Json };

const place = (index: number): Json => ({ x: (index % 3) * 8, y: 1 + Math.floor(index / 3) * 8, w: 8, h: 8 });

const panel = (id: number, type: string, others: Panel = {}): Panel => ({
  id,
  type,
  title: `A ${type}`,
  gridPos: place(id - 1),
  targets: [{ refId: 'A', expr: 'a_metric', legendFormat: '{{job}}' }],
  ...others,
});

const thresholds: Json = {
  mode: 'absolute',
  steps: [
    { color: 'green', value: null },
    { color: 'red', value: 60 },
  ],
};

/** A panel of every kind that is drawn, one that is not, one of before Grafana 8, and a collapsed row. */
export const everyKind: Json = {
  uid: 'every-kind',
  title: 'Every kind of <b>panel</b>',
  timezone: 'utc',
  links: [{ title: 'Another', url: '/d/another/slug?viewPanel=4&$__url_time_range', type: 'link' }],
  templating: { list: [{ name: 'job', label: 'Job', type: 'query' }] },
  annotations: { list: [{ name: 'Starts', filter: { exclude: false, ids: [1] } }] },
  panels: [
    { id: 100, type: 'row', title: 'All', gridPos: { x: 0, y: 0, w: 24, h: 1 } },
    panel(1, 'timeseries', {
      title: 'Requests of $job',
      description: 'What it **means**.',
      links: [{ title: 'Other panel', url: '/d/other?viewPanel=7' }],
      fieldConfig: {
        defaults: { unit: 'percent', thresholds, custom: { thresholdsStyle: { mode: 'area' }, fillOpacity: 10 } },
        overrides: [
          {
            matcher: { id: 'byFrameRefID', options: 'A' },
            properties: [
              // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana
              { id: 'links', value: [{ title: 'Only this', url: '/d/every-kind?var-job=${__field.labels.job}' }] },
            ],
          },
          { matcher: { id: 'byName', options: 'job-0' }, properties: [{ id: 'displayName', value: 'the first job' }] },
        ],
      },
      options: {
        legend: { displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] },
        tooltip: { mode: 'multi', sort: 'desc' },
      },
    }),
    panel(2, 'stat', {
      fieldConfig: {
        defaults: {
          thresholds,
          mappings: [
            { type: 'value', options: { '70': { text: 'seventy' } } },
            { type: 'range', options: { from: 0, to: 20, result: { text: 'low' } } },
          ],
        },
        overrides: [],
      },
      options: { graphMode: 'area', reduceOptions: { calcs: ['lastNotNull'] } },
    }),
    panel(3, 'gauge', { fieldConfig: { defaults: { min: 0, max: 100, unit: 'percent', thresholds }, overrides: [] } }),
    panel(4, 'bargauge', { options: { orientation: 'horizontal', displayMode: 'gradient' } }),
    panel(5, 'table', {
      targets: [{ refId: 'A', expr: 'a_metric', format: 'table', instant: true }],
      transformations: [
        { id: 'organize', options: { excludeByName: { __name__: true }, renameByName: { Value: 'Amount' } } },
        { id: 'sortBy', options: { sort: [{ field: 'Amount', desc: true }] } },
      ],
    }),
    panel(6, 'logs', { options: { showTime: true, wrapLogMessage: true, sortOrder: 'Ascending' } }),
    panel(7, 'piechart', { options: { pieType: 'donut', legend: { placement: 'right', values: ['percent'] } } }),
    panel(8, 'state-timeline', {
      fieldConfig: {
        defaults: {
          thresholds,
          mappings: [{ type: 'range', options: { from: 60, to: 200, result: { text: 'busy' } } }],
        },
        overrides: [],
      },
    }),
    panel(9, 'status-history', { fieldConfig: { defaults: { thresholds }, overrides: [] } }),
    panel(10, 'text', {
      options: { mode: 'markdown', content: '# Hello\n\n<script>window.hostile = 1</script>of $job' },
      targets: [],
    }),
    panel(11, 'heatmap'),
    panel(12, 'graph', { yaxes: [{ format: 'bytes', min: 0 }], lines: true, legend: { show: true } }),
    panel(13, 'stat', { title: 'Failed', targets: [{ refId: 'A' }, { refId: 'B' }] }),
    panel(14, 'timeseries', { title: 'Nothing', fieldConfig: { defaults: { noValue: 'No requests' }, overrides: [] } }),
    panel(15, 'table', {
      title: 'Left out',
      transformations: [{ id: 'spatial', options: {} }],
      targets: [{ refId: 'A', format: 'table', instant: true }],
    }),
    {
      id: 101,
      type: 'row',
      title: 'More',
      collapsed: true,
      gridPos: { x: 0, y: 60, w: 24, h: 1 },
      panels: [{ ...panel(16, 'stat'), gridPos: { x: 0, y: 61, w: 24, h: 8 } }],
    },
  ],
};

/** What a hostile line of a log holds: an end of the script, a script, and line ends of JavaScript. */
export const HOSTILE =
  '</script><script>window.hostile = 2</script><!-- \u2028 \u2029 <img src=x onerror="window.hostile = 3"> &lt;b&gt;';

/** When something started, in the middle of the range. */
export const started = {
  name: 'Starts',
  color: 'blue',
  from: (FROM + TO) / 2,
  to: null,
  title: 'Started',
  text: HOSTILE,
};
