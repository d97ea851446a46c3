import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { alertGroups, alertmanagerConfig, alertsOf, ruleFiles, thresholdsOf } from '#alerts';
import { checkContent } from '#checks';
import { dashboards } from '#dashboards';
import { stack } from '../../src/stack.ts';
import { synthesize } from '../../src/synth.ts';

const RUNBOOKS = resolve(import.meta.dirname, '../../alerts/runbooks');

test('our dashboards and alerts pass every check, without an exclusion', () => {
  const { config } = synthesize({ config: stack });
  const findings = checkContent({
    dashboards: dashboards.map((dashboard) => dashboard(thresholdsOf(alertGroups))),
    rules: ruleFiles(alertGroups, {
      runbookBaseUrl: config.alerts.runbookBaseUrl,
      dashboardBaseUrl: 'https://grafana',
    }),
    alerts: alertsOf(alertGroups),
    route: alertmanagerConfig(config.alertmanager, alertGroups).route,
    runbooks: readdirSync(RUNBOOKS).map((file) => file.replace(/\.md$/, '')),
    scrapeInterval: config.prometheus.scrapeInterval,
  });
  expect(findings).toEqual([]);
});
