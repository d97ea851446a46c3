import { describe, expect, test } from 'vitest';
import { print, restrict, unchecked, variable } from '#logql';
import { SOURCE_ANNOTATION, SOURCE_QUERIES } from '../loki/source-lines.ts';
import { parseTree } from '../support/logql-tree.ts';
import { ANNOTATION_000, GUIDE_003 } from './sources.ts';

describe('the source dashboard 000', () => {
  test.each(SOURCE_QUERIES)('a metric query that asks Loki is accepted as text: $query', ({ query }) => {
    expect(print(restrict(unchecked(query, []), { instance: variable('instance') }))).toBe(
      query.replace('{service_name="anthropic-proxy"}', '{service_name="anthropic-proxy", instance=~"$instance"}'),
    );
  });

  test('the annotation is a tree that prints the same, but for the spaces', () => {
    expect(parseTree(ANNOTATION_000.text)).toEqual(parseTree(SOURCE_ANNOTATION));
  });
});

describe('the guide 003', () => {
  test.each([
    ['many tokens', GUIDE_003.large, '{service_name="anthropic-proxy"} |= "completed" | json | tokens_total >= 10001'],
    ['slow requests', GUIDE_003.slow, '{service_name="anthropic-proxy"} |= "completed" | json | duration >= 5001'],
    [
      'errors by kind',
      GUIDE_003.errorsByKind,
      'sum by (error_type) (count_over_time({service_name="anthropic-proxy", level="error"} |= "upstream error" | json | __error__="" [1h]))',
    ],
  ])('%s', (_, expression, text) => {
    expect(print(expression)).toBe(text);
  });
});
