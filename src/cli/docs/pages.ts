import { thresholdsOf } from '#alerts';
import { type ObservedSystem, SYSTEMS } from '../../systems.ts';
import { alertsPage } from './alerts-page.ts';
import { checksPage } from './checks-page.ts';
import { configurationPage } from './configuration-page.ts';
import { dashboardsPage } from './dashboards-page.ts';
import { metricsPage } from './metrics-page.ts';
import { networkPage } from './network-page.ts';
import { usesOf } from './uses.ts';

/** Every page that is written from the code, by its name in `docs/`. */
export const pagesOf = (systems: readonly ObservedSystem[] = SYSTEMS): Readonly<Record<string, string>> => {
  const groups = systems.flatMap(({ alerts }) => alerts);
  const thresholds = thresholdsOf(groups);
  const dashboards = systems.flatMap((one) => one.dashboards).map((dashboard) => dashboard(thresholds));
  return {
    'alerts.md': alertsPage(groups, dashboards),
    'checks.md': checksPage(),
    'configuration.md': configurationPage(),
    'dashboards.md': dashboardsPage(dashboards),
    'metrics.md': metricsPage(
      systems.map(({ system }) => system),
      usesOf(groups, dashboards),
    ),
    'network.md': networkPage(),
  };
};
