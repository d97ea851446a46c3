// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes its variables so
import { describe, expect, test } from 'vitest';
import { type Expression, printOnOneLine } from '#promql';
import { parsedOnce } from '../../../src/checks/queries/queries.ts';
import { parseTree } from '../../support/promql-tree.ts';

const queries = parsedOnce();

const treeOf = (text: string) => {
  const read = queries.promql(text);
  if (read.fault !== undefined) throw new Error(read.fault.problem);
  return read.says.tree;
};

describe('a PromQL query', () => {
  test.each([
    ['a shift binds to its operand', 'a > b offset 5m * 2', 'a > b offset 5m * 2'],
    ['so does a subquery', 'a + b[5m:1m] - c', 'a + b[5m:1m] - c'],
    ['and a moment', 'a and -b @ end() or c', 'a and -b @ end() or c'],
    ['a minus binds looser than a power', '-2 ^ 2', '-(2 ^ 2)'],
    ['powers group from the right', 'a ^ b ^ c - d - e', 'a ^ b ^ c - d - e'],
    ['ranges keep their variables', 'rate(x[$__rate_interval])', 'rate(x[$__rate_interval])'],
    ['so do subqueries', 'max_over_time(x[ $__range : ${__interval} ])', 'max_over_time(x[$__range:${__interval}])'],
    ['and values', 'x{a=~"$job"}', 'x{a=~"$job"}'],
    ['a name may be a condition', '{__name__="x", a="b"}', 'x{a="b"}'],
    ['any kind of quotes', "x{a='b', c=`d`}", 'x{a="b", c="d"}'],
  ])('%s', (_, text, expected) => {
    expect(printOnOneLine({ node: treeOf(text) } as Expression)).toBe(expected);
  });

  test.each([
    'a - (b - c)',
    'sum by (x) (rate(a[5m])) / on (x) group_left (z) b > bool 3',
    'topk(3, a) unless on () b',
  ])('reads %s like the tree of the tests', (text) => {
    expect(parseTree(printOnOneLine({ node: treeOf(text) } as Expression))).toEqual(parseTree(text));
  });

  test('is parsed once', () => {
    expect(queries.promql('sum(a)')).toBe(queries.promql('sum(a)'));
  });
});

const partsOf = (text: string) => {
  const read = queries.logql(text);
  if (read.fault !== undefined) throw new Error(read.fault.problem);
  return read.says;
};

describe('a LogQL query', () => {
  test('names its streams, its conditions and what it groups by', () => {
    const parts = partsOf(
      'sum by (model) (count_over_time({a="b", c=~"$d"} |= "x" | json | status="429", took > 3 [$__auto]))',
    );
    expect(parts).toEqual({
      streams: [
        { label: 'a', op: '=', value: 'b' },
        { label: 'c', op: '=~', value: '$d' },
      ],
      conditions: [{ label: 'status', op: '=', value: '429' }],
      labels: ['model', 'took'],
      made: [],
      ranges: ['$__auto'],
      staged: true,
      parsed: true,
    });
  });

  test('names what it makes, keeps, drops and unwraps', () => {
    const { made, labels } = partsOf(
      'sum_over_time({a="b"} | json x="y.z" | label_format c=d | keep e, f="g" | drop h | unwrap i [5m])',
    );
    expect({ made, labels }).toEqual({ made: ['x', 'c'], labels: ['e', 'f', 'h', 'i'] });
  });

  test.each([
    ['{a="b"}', false],
    ['{a="b"} | json', true],
    ['sum(count_over_time({a="b"}[5m]))', false],
    ['sum(count_over_time({a="b"} |= "x" [5m])) / sum(count_over_time({a="b"}[5m]))', false],
  ])('%s has stages everywhere: %s', (text, staged) => {
    expect(partsOf(text).staged).toBe(staged);
  });
});
