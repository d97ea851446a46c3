import { describe, expect, test } from 'vitest';
import { readDashboard } from '../../dashboards/preview/classic.ts';
import { MissingSource, noLogs, type Sources } from '../../dashboards/preview/sources.ts';
import { resolveVariables } from '../../dashboards/preview/variables.ts';

const HOUR = 3_600_000;
const RANGE = { from: 0, to: 6 * HOUR };

interface Asked {
  readonly label: string;
  readonly selector: string | undefined;
}

const sourcesWith = (values: readonly string[], asked: Asked[] = []): Sources => ({
  metrics: {
    instant: async () => ({
      resultType: 'vector',
      result: [{ metric: { __name__: 'up', job: 'a' }, value: [1_700_000_000, '1'] }],
    }),
    range: () => Promise.reject(new Error('not asked')),
    labelValues: async (label, _, selector) => {
      asked.push({ label, selector });
      return values;
    },
    labelNames: async () => ['instance', 'job'],
  },
  logs: noLogs('needs Loki'),
});

const resolve = async (
  list: readonly object[],
  { values = ['b', 'a10', 'a9'], chosen = {}, asked = [] as Asked[], sources = sourcesWith(values, asked) } = {},
) => {
  const dashboard = readDashboard(JSON.stringify({ title: 't', panels: [], templating: { list } }), 'test.json');
  const failures: string[] = [];
  const variables = await resolveVariables(dashboard.templating?.list ?? [], {
    sources,
    range: RANGE,
    chosen: new Map(Object.entries(chosen)),
    failed: (problem) => void failures.push(problem),
  });
  return { variables, failures };
};

const query = (text: string, more: object = {}) => ({ name: 'v', type: 'query', query: text, ...more });

describe('the query of a variable', () => {
  test.each([
    ['label_values(job)', 'job', undefined],
    ['label_values(up, job)', 'job', 'up'],
    ['label_values(up{a="b", c=~"d,e"}, job)', 'job', 'up{a="b", c=~"d,e"}'],
  ])('%s asks for the values of a label', async (text, label, selector) => {
    const asked: Asked[] = [];
    await resolve([query(text)], { asked });
    expect(asked).toEqual([{ label, selector }]);
  });

  test('metrics(...) asks for names that match', async () => {
    const { variables } = await resolve([query('metrics(^a)')]);
    expect(variables.get('v')?.value).toBe('a10');
  });

  test('query_result(...) gives series as text, which a regular expression takes apart', async () => {
    const { variables } = await resolve([query('query_result(up)', { regex: '/job="([^"]*)"/' })]);
    expect(variables.get('v')?.value).toBe('a');
  });

  test('label_names() gives the names of labels', async () => {
    const { variables } = await resolve([query('label_names()')]);
    expect(variables.get('v')?.value).toBe('instance');
  });

  test('waits for the variables that it names, whatever their order', async () => {
    const asked: Asked[] = [];
    const list = [query('label_values(up{job="$job"}, pod)'), { name: 'job', type: 'constant', query: 'api' }];
    await resolve(list, { asked });
    expect(asked).toEqual([{ label: 'pod', selector: 'up{job="api"}' }]);
  });

  test('is not waited for by variables that name each other in a circle', async () => {
    const list = [query('label_values(up{a="$w"}, b)'), { ...query('label_values(up{a="$v"}, b)'), name: 'w' }];
    const { variables } = await resolve(list);
    expect([...variables.keys()].toSorted()).toEqual(['v', 'w']);
  });

  test('reports a failure with its reason, and none where a source is not there', async () => {
    const failing = (error: Error): Sources => ({
      ...sourcesWith([]),
      metrics: { ...sourcesWith([]).metrics, labelValues: () => Promise.reject(error) },
    });
    const failed = await resolve([query('label_values(a)')], { sources: failing(new Error('HTTP 503: down')) });
    expect(failed.failures).toEqual(['variable v: HTTP 503: down']);
    const missing = await resolve([query('label_values(a)')], { sources: failing(new MissingSource('needs it')) });
    expect(missing.failures).toEqual([]);
  });
});

describe('the order of values', () => {
  test.each([
    [0, ['b', 'a10', 'a9']],
    [1, ['a10', 'a9', 'b']],
    [2, ['b', 'a9', 'a10']],
    [3, ['b', 'a9', 'a10']],
    [7, ['a9', 'a10', 'b']],
    [8, ['b', 'a10', 'a9']],
  ])('by sort %d is %j', async (sort, expected) => {
    const { variables } = await resolve([query('label_values(a)', { sort, multi: true, includeAll: true })]);
    expect(variables.get('v')?.value).toEqual(expected);
  });
});

describe('the value', () => {
  const all = { multi: true, includeAll: true };

  test('of All is every value, or the custom one', async () => {
    const { variables } = await resolve([query('label_values(a)', all)]);
    expect(variables.get('v')).toMatchObject({ text: 'All', value: ['b', 'a10', 'a9'], verbatim: false });
    const custom = await resolve([query('label_values(a)', { ...all, allValue: '.+' })]);
    expect(custom.variables.get('v')).toMatchObject({ text: 'All', value: '.+', verbatim: true });
  });

  test.each([
    [['a9'], ['a9']],
    [
      ['a9', 'b'],
      ['a9', 'b'],
    ],
    [['elsewhere'], ['elsewhere']],
  ])('chosen as %j is taken, even where it is not offered', async (chosen, expected) => {
    const { variables } = await resolve([query('label_values(a)', all)], { chosen: { v: chosen } });
    expect(variables.get('v')).toMatchObject({ value: expected, verbatim: false });
  });

  test('chosen as All is All', async () => {
    const current = { text: ['b'], value: ['b'] };
    const { variables } = await resolve([query('label_values(a)', { ...all, current })], { chosen: { v: ['All'] } });
    expect(variables.get('v')?.text).toBe('All');
  });

  test('of the file is kept where it is still offered', async () => {
    const kept = await resolve([query('label_values(a)', { current: { text: 'a9', value: 'a9' } })]);
    expect(kept.variables.get('v')?.value).toBe('a9');
    const gone = await resolve([query('label_values(a)', { current: { text: 'x', value: 'x' } })]);
    expect(gone.variables.get('v')?.value).toBe('b');
  });

  test.each([
    [
      { type: 'custom', query: 'Up : 1, Down : 0' },
      { text: 'Up', value: '1' },
    ],
    [
      { type: 'custom', query: 'a\\,b,c' },
      { text: 'a,b', value: 'a,b' },
    ],
    [
      { type: 'constant', query: 'x' },
      { text: 'x', value: 'x' },
    ],
    [
      { type: 'textbox', query: 'none', current: { text: '', value: '' } },
      { text: '', value: '' },
    ],
    [
      { type: 'textbox', query: 'preset' },
      { text: 'preset', value: 'preset' },
    ],
    [
      { type: 'interval', query: '1m,10m' },
      { text: '1m', value: '1m' },
    ],
    [
      { type: 'datasource', query: 'loki' },
      { text: 'loki', value: 'loki' },
    ],
  ])('of %j is %j', async (model, expected) => {
    const { variables } = await resolve([{ name: 'v', ...model }]);
    expect(variables.get('v')).toMatchObject(expected);
  });
});
