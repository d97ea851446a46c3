import { gt, vector } from '#promql';
import { group, heartbeat } from '../house/index.ts';

/** Always fires, so that a dead man's switch notices when Prometheus, Alertmanager or the network path out fails. */
export const watchdog = group('watchdog', [
  heartbeat({
    name: 'Watchdog',
    expr: () => gt(vector(1), 0),
    summary: 'Alerting works.',
    description: 'Always fires. Its receiver should raise the alarm when it stops arriving.',
    action:
      'None while it arrives. When it stops, check that Prometheus and Alertmanager are up and reach the receiver.',
  }),
]);
