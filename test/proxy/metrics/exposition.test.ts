import { expect, test } from 'vitest';
import { type Family, write } from '../../../proxy/metrics/exposition.ts';

const family = (family: Partial<Family>): Family => ({
  name: 'a',
  help: 'Helps.',
  type: 'gauge',
  samples: [],
  ...family,
});

test.each([
  [0, '0'],
  [1.5, '1.5'],
  [1e21, '1e+21'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
  [Number.NaN, 'NaN'],
])('writes %d as %s', (value, text) => {
  const { body } = write([family({ samples: [{ labels: {}, value }] })]);
  expect(body).toBe(`# HELP a Helps.\n# TYPE a gauge\na ${text}\n`);
});

test('escapes what would end a value or a line', () => {
  const samples = [{ labels: { x: 'a"b\\c\nd', y: 'é' }, value: 1 }];
  const { body } = write([family({ help: 'Two\nlines \\ here.', samples })]);
  expect(body).toBe('# HELP a Two\\nlines \\\\ here.\n# TYPE a gauge\na{x="a\\"b\\\\c\\nd",y="é"} 1\n');
});

test('writes an exemplar behind its sample', () => {
  const exemplar = { labelSet: { request_id: 'r"1' }, value: 2.5, timestamp: 1_700_000_000.25 };
  const samples = [{ labels: { le: '+Inf' }, value: 1, metricName: 'a_bucket', exemplar }];
  const { body } = write([family({ type: 'histogram', samples })], 'application/openmetrics-text');
  expect(body.split('\n')[2]).toBe('a_bucket{le="+Inf"} 1 # {request_id="r\\"1"} 2.5 1700000000.25');
});
