import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { CHECKS } from '#checks';

const DOCUMENT = readFileSync(resolve(import.meta.dirname, '../../docs/checks.md'), 'utf8');
const ROW = /^\| `(?<name>[^`]+)` \| (?<finds>.+) \| (?<source>[\w-]+) \|$/gm;

test('docs/checks.md lists every check, what it finds and where it comes from', () => {
  const rows = [...DOCUMENT.matchAll(ROW)].map(({ groups }) => ({ ...groups }));
  expect(rows).toEqual(CHECKS.map((check) => ({ ...check })));
});

test('all 17 rules of dashboard-linter are there', () => {
  expect(CHECKS.filter(({ source }) => source === 'dashboard-linter').map(({ name }) => name)).toEqual([
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
