import { expect, test } from 'vitest';
import { type Alert, alert } from '#alerts';
import { ANTHROPIC_PROXY_PANELS, prometheus } from '#catalog';
import { gt, sumBy, value } from '#promql';
import { anthropicProxySignals } from '#signals';
import { mutantsOf } from './mutants.ts';
import { misproven, table, unproven } from './report.ts';
import type { Catch } from './run.ts';

const rule: Alert = {
  ...alert({
    name: 'Sample',
    severity: 'ticket',
    for: '1m',
    signal: anthropicProxySignals.readyCredentials,
    threshold: { value: 2, because: 'it is a sample' },
    panel: ANTHROPIC_PROXY_PANELS.targetsUp,
    summary: () => 'A sample.',
    description: () => 'A sample.',
    action: 'None.',
  }),
  expr: (threshold) => gt(sumBy(['job'], value(prometheus.up)), threshold),
};

const mutants = mutantsOf(rule);
const caught: Catch = { rule: 'Sample', mutants, survivors: mutants.filter(({ operator }) => operator === 'boundary') };
const entry = { rule: 'Sample', change: '> 2 → >=', because: 'it is a sample' };

test('a survivor is told with its rule, its mutation and the mutated expression', () => {
  expect(unproven(caught, [])).toEqual(['Sample, boundary: > 2 → >=\n    sum by (job) (up) >= 2 for 1m']);
});

test('a survivor that is listed as equivalent is not told', () => {
  expect(unproven(caught, [entry])).toEqual([]);
});

test('an entry for another rule or another place proves nothing', () => {
  expect(
    unproven(caught, [
      { ...entry, rule: 'Another' },
      { ...entry, place: 2 },
    ]),
  ).toHaveLength(1);
});

test('a listed equivalent that is killed, or is no mutant, is found', () => {
  expect(
    misproven(
      [caught],
      [entry, { ...entry, change: '> 2 → <' }, { ...entry, change: '> 3 → >=' }, { ...entry, place: 2 }],
    ),
  ).toEqual([
    'Sample: > 2 → < is killed; take it off the list of equivalents',
    'Sample: > 3 → >= is no mutant; take it off the list of equivalents',
    'Sample: > 2 → >= (place 2) is no mutant; take it off the list of equivalents',
  ]);
});

test('the table counts the mutants of each rule, and of all', () => {
  const other: Catch = { rule: 'Another', mutants: mutants.slice(0, 3), survivors: mutants.slice(0, 1) };
  expect(table([caught, other], [entry]).split('\n')).toEqual([
    '             mutants      killed  equivalent    survived',
    'Sample             9           8           1           0',
    'Another            3           2           0           1',
    'together          12          10           1           1',
  ]);
});
