// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana replaces these
import { describe, expect, test } from 'vitest';
import { prometheus, proxy } from '#catalog';
import { type Choice, LOKI, PROMETHEUS, targetChoices } from '../../../dashboards/house/index.ts';
import { conditionsOf, streamsOf, variables } from '../../../dashboards/house/variables.ts';

const ALL = { text: ['All'], value: ['$__all'] };

describe('variables', () => {
  test('begin with the datasources, in the order in which the dashboard names them', () => {
    expect(variables([LOKI, PROMETHEUS], [])).toMatchObject([
      { type: 'datasource', name: 'loki_datasource', label: 'Loki data source', query: 'loki' },
      { type: 'datasource', name: 'prometheus_datasource', label: 'Prometheus data source', query: 'prometheus' },
    ]);
  });

  test.each<[string, Choice, object]>([
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
  ])('let one make a choice %s', (_, choice, expected) => {
    expect(variables([], [choice])).toMatchObject([expected]);
  });

  test('of the targets are those that linters want', () => {
    expect(variables([], targetChoices([prometheus.up]))).toMatchObject([
      { name: 'job', label: 'Job', query: 'label_values(up, job)', allValue: '.+', multi: true },
      { name: 'instance', label: 'Instance', query: 'label_values(up{job=~"$job"}, instance)', allValue: '.+' },
    ]);
  });
});

const CHOICES: readonly Choice[] = [
  ...targetChoices([prometheus.up]),
  { kind: 'list', name: 'level', title: 'Level', values: ['warn'], all: '.*' },
  { kind: 'text', name: 'search', title: 'Search' },
];

test('choices of labels narrow every selector in PromQL', () => {
  expect(conditionsOf(CHOICES)).toEqual([
    { label: 'job', op: '=~', value: '$job' },
    { label: 'instance', op: '=~', value: '$instance' },
  ]);
});

test('choices of what Loki indexes narrow every stream in LogQL', () => {
  expect(streamsOf(CHOICES)).toEqual({ instance: { matches: '$instance' }, level: { matches: '$level' } });
});
