import { alertGroups, thresholdsOf } from '#alerts';
import { dashboards as ours } from '#dashboards';
import { alertsPage } from './alerts-page.ts';
import { configurationPage } from './configuration-page.ts';
import { dashboardsPage } from './dashboards-page.ts';
import { manifestChecksPage } from './manifest-checks-page.ts';
import { metricsPage } from './metrics-page.ts';
import { networkPage } from './network-page.ts';
import { usesOf } from './uses.ts';

/** Every page that is written from the code, by its name in `docs/`. */
export const pagesOf = (): Readonly<Record<string, string>> => {
  const thresholds = thresholdsOf(alertGroups);
  const dashboards = ours.map((dashboard) => dashboard(thresholds));
  return {
    'alerts.md': alertsPage(alertGroups, dashboards),
    'configuration.md': configurationPage(),
    'dashboards.md': dashboardsPage(dashboards),
    'manifest-checks.md': manifestChecksPage(),
    'metrics.md': metricsPage(usesOf(alertGroups, dashboards)),
    'network.md': networkPage(),
  };
};
