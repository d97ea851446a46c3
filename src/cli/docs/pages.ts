import { alertGroups, thresholdsOf } from '#alerts';
import { dashboards as ours } from '#dashboards';
import { alertsPage } from './alerts-page.ts';
import { checksPage } from './checks-page.ts';
import { configurationPage } from './configuration-page.ts';
import { dashboardsPage } from './dashboards-page.ts';

import { metricsPage } from './metrics-page.ts';
import { networkPage } from './network-page.ts';
import { usesOf } from './uses.ts';

/** Every page that is written from the code, by its name in `docs/`; `root` is the repository. */
export const pagesOf = (root: string): Readonly<Record<string, string>> => {
  const thresholds = thresholdsOf(alertGroups);
  const dashboards = ours.map((dashboard) => dashboard(thresholds));
  return {
    'alerts.md': alertsPage(alertGroups, dashboards),
    'checks.md': checksPage(),
    'configuration.md': configurationPage(root),
    'dashboards.md': dashboardsPage(dashboards),

    'metrics.md': metricsPage(usesOf(alertGroups, dashboards)),
    'network.md': networkPage(),
  };
};
