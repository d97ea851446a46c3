import { expect, test } from 'vitest';
import {
  type ColorRule,
  ERROR_COLORS,
  LEVEL_COLORS,
  OUTCOME_COLORS,
  STATE_COLORS,
  STATUS_COLORS,
} from '../../../dashboards/house/colors.ts';

const colorOf = (rules: readonly ColorRule[], name: string): string | undefined =>
  rules.findLast(({ matches }) => new RegExp(matches.slice(1, -1)).test(name))?.color;

test.each<[name: string, rules: readonly ColorRule[], color: string | undefined]>([
  ['HTTP 503', STATUS_COLORS, 'red'],
  ['429', STATUS_COLORS, 'orange'],
  ['other', STATUS_COLORS, undefined],
  ['team-a cooling', STATE_COLORS, 'orange'],
  ['ready: all', STATE_COLORS, 'green'],
  ['already', STATE_COLORS, undefined],
  ['upstream: rate_limit_quota', ERROR_COLORS, 'red'],
  ['error', LEVEL_COLORS, 'red'],
  ['warn', LEVEL_COLORS, 'orange'],
  ['client_gone_mid_stream', OUTCOME_COLORS, 'text'],
  ['upstream_error_mid_stream', OUTCOME_COLORS, 'red'],
])('%s has its colour', (name, rules, color) => {
  expect(colorOf(rules, name)).toBe(color);
});
