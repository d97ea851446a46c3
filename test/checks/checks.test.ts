import { describe, expect, test } from 'vitest';
import { CHECKS, checkContent, checkSizes } from '#checks';
import { BREACHES } from './breaches.ts';
import { changed, sample } from './sample.ts';
import { SOUND } from './sound.ts';

const CASES = Object.entries(BREACHES).flatMap(([check, breaches]) =>
  breaches.map((breach) => [check, ...breach] as const),
);

describe('the sample', () => {
  test('has no finding', () => {
    expect(checkContent(sample())).toEqual([]);
  });

  test.each(CASES)('breaches %s when %s is changed', (check, place, change, path, problem) => {
    const findings = checkContent(changed(place, change));
    expect(new Set(findings.map((finding) => `${finding.check} at ${finding.path}`))).toEqual(
      new Set([`${check} at ${path}`]),
    );
    expect(findings.map((finding) => finding.problem).join('\n')).toContain(problem);
    for (const { fix } of findings) expect(fix).not.toBe('');
  });
});

/** Those that take the alert's panel or metric away; what belongs together is another test's. */
const WITHOUT_OWNER = ['one datasource variable by its short name'];

describe('the sample stays sound with', () => {
  test.each(SOUND)('%s', (why, place, change) => {
    const content = changed(place, change);
    expect(checkContent(WITHOUT_OWNER.includes(why) ? { ...content, alerts: [] } : content)).toEqual([]);
  });
});

const OF_FILES = ['size/object', 'size/dashboard'];

test('every check has a change that breaches it', () => {
  const broken = new Set([...Object.keys(BREACHES), ...OF_FILES]);
  const names = [CHECKS.dashboards, CHECKS.queries, CHECKS.rules, CHECKS.sizes].flat().map(({ name }) => name);
  expect([...broken].toSorted()).toEqual(names.toSorted());
});

test('no two checks have the same name', () => {
  const names = Object.values(CHECKS).flatMap((checks) => checks.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
});

describe('sizes', () => {
  test.each([
    ['an object of a mebibyte', '10-a.k8s.yaml', 'x'.repeat(1_048_576), []],
    ['an object of a byte more', '10-a.k8s.yaml', 'x'.repeat(1_048_577), ['size/object at 10-a.k8s.yaml#1']],
    [
      'a second object that is too large',
      '10-a.k8s.yaml',
      `a\n---\n${'x'.repeat(1_048_577)}`,
      ['size/object at 10-a.k8s.yaml#2'],
    ],
    ['a dashboard of 262,144 bytes', 'dashboards/a.json', JSON.stringify('x'.repeat(262_142)), []],
    [
      'a dashboard of a byte more',
      'dashboards/a.json',
      JSON.stringify('x'.repeat(262_143)),
      ['size/dashboard at dashboards/a.json'],
    ],
  ])('%s', (_, path, text, expected) => {
    expect(checkSizes(new Map([[path, text]])).map(({ check, path: at }) => `${check} at ${at}`)).toEqual(expected);
  });
});

test('all 17 rules of dashboard-linter are there', () => {
  expect(CHECKS.dashboards.filter(({ source }) => source === 'dashboard-linter').map(({ name }) => name)).toEqual([
    'template-datasource-rule',
    'template-job-rule',
    'template-instance-rule',
    'template-label-promql-rule',
    'template-on-time-change-reload-rule',
    'panel-datasource-rule',
    'panel-title-description-rule',
    'panel-units-rule',
    'panel-no-targets-rule',
    'target-logql-rule',
    'target-logql-auto-rule',
    'target-promql-rule',
    'target-rate-interval-rule',
    'target-job-rule',
    'target-instance-rule',
    'target-counter-agg-rule',
    'uneditable-dashboard',
  ]);
});
