import { describe, expect, test } from 'vitest';
import { print } from '#logql';
import { SOURCE_ANNOTATION, SOURCE_QUERIES } from '../loki/source-lines.ts';
import { parseTree } from '../support/logql-tree.ts';
import { ANNOTATION_000, DASHBOARD_000, GUIDE_003 } from './sources.ts';

describe('the source dashboard 000', () => {
  test('every query that asks Loki is a tree that prints what stands there', () => {
    expect(DASHBOARD_000.map(print)).toEqual(SOURCE_QUERIES.map(({ query }) => query));
  });

  test('so is its annotation, but for the spaces', () => {
    expect(parseTree(ANNOTATION_000.text)).toEqual(parseTree(SOURCE_ANNOTATION));
  });
});

describe('the guide 003', () => {
  test.each([
    ['many tokens', GUIDE_003.large, '{service_name="anthropic-proxy"} |= "completed" | json | tokens_total > 10000'],
    ['slow requests', GUIDE_003.slow, '{service_name="anthropic-proxy"} |= "completed" | json | duration > 5000'],
    [
      'errors by kind',
      GUIDE_003.errorsByKind,
      'sum by (error_type) (count_over_time({service_name="anthropic-proxy", level="error"} |= "upstream error" | json | __error__="" [1h]))',
    ],
  ])('%s', (_, expression, text) => {
    expect(print(expression)).toBe(text);
  });
});
