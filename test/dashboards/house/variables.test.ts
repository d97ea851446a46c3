// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana replaces these
import { describe, expect, test } from 'vitest';
import { prometheus, proxy } from '#catalog';
import { LOKI, PROMETHEUS, targetVariables, type Variable } from '../../../dashboards/house/index.ts';
import { conditionsOf, streamsOf, templateVariables } from '../../../dashboards/house/variables.ts';

const ALL = { text: ['All'], value: ['$__all'] };

describe('variables', () => {
  test('begin with the datasources, in the order in which the dashboard names them', () => {
    expect(templateVariables([LOKI, PROMETHEUS], [])).toMatchObject([
      { type: 'datasource', name: 'loki_datasource', label: 'Loki data source', query: 'loki' },
      { type: 'datasource', name: 'prometheus_datasource', label: 'Prometheus data source', query: 'prometheus' },
    ]);
  });

  test.each<[string, Variable, object]>([
    [
      'of a label, with its values from Prometheus',
      {
        kind: 'label',
        label: 'model',
        title: 'Model',
        metrics: [proxy.tokensOutput],
        within: ['instance'],
        all: '.*',
      },
      {
        type: 'query',
        name: 'model',
        label: 'Model',
        query: 'label_values(proxy_tokens_output_total{instance=~"$instance"}, model)',
        datasource: PROMETHEUS,
        multi: true,
        includeAll: true,
        allValue: '.*',
        current: ALL,
        refresh: 2,
      },
    ],
    [
      'of several known values',
      { kind: 'list', name: 'level', title: 'Level', values: ['warn', 'error'], all: '.*' },
      {
        type: 'custom',
        name: 'level',
        label: 'Level',
        query: 'warn,error',
        multi: true,
        includeAll: true,
        allValue: '.*',
        current: ALL,
      },
    ],
    [
      'of one number',
      { kind: 'number', name: 'slow_ms', title: 'Slow', values: [1_000, 5_000], initial: 5_000 },
      {
        type: 'custom',
        name: 'slow_ms',
        query: '1000,5000',
        multi: false,
        includeAll: false,
        current: { text: '5000', value: '5000' },
      },
    ],
    [
      'of a text',
      { kind: 'text', name: 'search', title: 'Search' },
      { type: 'textbox', name: 'search', label: 'Search', query: '', current: { text: '', value: '' } },
    ],
  ])('are built %s', (_, variable, expected) => {
    expect(templateVariables([], [variable])).toMatchObject([expected]);
  });

  test('of the targets are those that linters want', () => {
    expect(templateVariables([], targetVariables([prometheus.up]))).toMatchObject([
      { name: 'job', label: 'Job', query: 'label_values(up, job)', allValue: '.+', multi: true },
      { name: 'instance', label: 'Instance', query: 'label_values(up{job=~"$job"}, instance)', allValue: '.+' },
    ]);
  });
});

const VARIABLES: readonly Variable[] = [
  ...targetVariables([prometheus.up]),
  { kind: 'list', name: 'level', title: 'Level', values: ['warn'], all: '.*' },
  { kind: 'text', name: 'search', title: 'Search' },
];

test('variables of labels narrow every selector in PromQL', () => {
  expect(conditionsOf(VARIABLES)).toEqual([
    { label: 'job', op: '=~', value: '$job' },
    { label: 'instance', op: '=~', value: '$instance' },
  ]);
});

test('variables of what Loki indexes narrow every stream in LogQL', () => {
  expect(streamsOf(VARIABLES)).toEqual({ instance: { matches: '$instance' }, level: { matches: '$level' } });
});
