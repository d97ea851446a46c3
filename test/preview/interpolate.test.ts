import { describe, expect, test } from 'vitest';
import { builtIn, interpolate, type Lookup, type Variable } from '../../dashboards/preview/interpolate.ts';

const variable = (value: string | readonly string[], more: Partial<Variable> = {}): Variable => ({
  name: 'servers',
  text: value,
  value,
  multi: typeof value !== 'string',
  verbatim: false,
  ...more,
});

const lookup =
  (found: Variable): Lookup =>
  (name) =>
    name === 'servers' ? found : undefined;

describe('advanced formats', () => {
  // The examples of https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
  test.each([
    ['csv', ['test1', 'test2'], 'test1,test2'],
    ['distributed', ['test1', 'test2'], 'test1,servers=test2'],
    ['doublequote', ['test1', 'test2'], '"test1","test2"'],
    ['glob', ['test1', 'test2'], '{test1,test2}'],
    ['glob', ['test1'], 'test1'],
    ['json', ['test1', 'test2'], '["test1","test2"]'],
    ['lucene', ['test1', 'test2'], '("test1" OR "test2")'],
    ['percentencode', ['foo()bar BAZ', 'test2'], '%7Bfoo%28%29bar%20BAZ%2Ctest2%7D'],
    ['pipe', ['test1.', 'test2'], 'test1.|test2'],
    ['raw', ['test1', 'test2'], 'test1,test2'],
    ['regex', ['test1.', 'test2'], '(test1\\.|test2)'],
    ['regex', ['test1.'], 'test1\\.'],
    ['singlequote', ['test1', "te'st2"], "'test1','te\\'st2'"],
    ['sqlstring', ["test'1", 'test2'], "'test''1','test2'"],
    ['text', ['test1', 'test2'], 'test1 + test2'],
    ['queryparam', ['test1', 'test 2'], 'var-servers=test1&var-servers=test%202'],
    ['join: ', ['test1', 'test2'], 'test1 test2'],
    ['unknown', ['test1', 'test2'], '{test1,test2}'],
  ])('%s of %j is %s', (format, value, expected) => {
    expect(interpolate(`\${servers:${format}}`, lookup(variable(value)), 'text')).toBe(expected);
  });

  test.each([
    ['date', '2020-07-13T20:19:09.254Z'],
    ['date:iso', '2020-07-13T20:19:09.254Z'],
    ['date:seconds', '1594671549'],
  ])('%s writes unix milliseconds as %s', (format, expected) => {
    const from = builtIn('servers', '1594671549254');
    expect(interpolate(`\${servers:${format}}`, lookup(from), 'text')).toBe(expected);
  });
});

describe('in a query', () => {
  test.each([
    ['$servers', '$servers'],
    [`\${servers}`, 'braces'],
    ['[[servers]]', 'double brackets'],
  ])('%s is a reference', (reference) => {
    expect(interpolate(`up{job=~"${reference}"}`, lookup(variable(['a', 'b'])), 'query')).toBe('up{job=~"(a|b)"}');
  });

  test.each([
    [['10.0.0.1:9090'], '10\\\\.0\\\\.0\\\\.1:9090'],
    [['a|b', 'c'], '(a\\\\|b|c)'],
    [['http://a/b'], 'http://a/b'],
    [['a\\b'], 'a\\\\\\\\b'],
  ])('%j of a variable that takes several values matches itself alone: %s', (value, expected) => {
    expect(interpolate('$servers', lookup(variable(value)), 'query')).toBe(expected);
  });

  test.each([
    ['5.5', '5.5'],
    ['a\\d', 'a\\\\d'],
  ])('%s of a variable with one value is no regular expression: %s', (value, expected) => {
    expect(interpolate('$servers', lookup(variable(value)), 'query')).toBe(expected);
  });

  test.each(['$servers', `\${servers:regex}`, `\${servers:pipe}`, '[[servers:csv]]'])(
    'the custom value of All stands as it is in %s',
    (reference) => {
      const all = variable('.+', { multi: true, verbatim: true, text: 'All' });
      expect(interpolate(reference, lookup(all), 'query')).toBe('.+');
    },
  );

  test.each(['$unknown', `\${unknown:regex}`, '[[unknown]]', 'label_replace(a, "b", "$1", "c", "(.*)")'])(
    'leaves %s, which is no variable',
    (text) => {
      expect(interpolate(text, lookup(variable('x')), 'query')).toBe(text);
    },
  );

  test('does not fill in what a value refers to', () => {
    expect(interpolate('$servers', lookup(variable('$servers')), 'query')).toBe('$servers');
  });
});

test('in a title, All is shown by its name', () => {
  const all = variable('.+', { multi: true, verbatim: true, text: 'All' });
  expect(interpolate('CPU of $servers', lookup(all), 'text')).toBe('CPU of All');
});
