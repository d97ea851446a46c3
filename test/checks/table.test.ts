import { expect, test } from 'vitest';
import { CHECKS } from '#checks';

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
