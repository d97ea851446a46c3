import { gt, vector } from '#promql';
import { heartbeat } from './alert.ts';
import { group } from './group.ts';

/** Always fires, so that a dead man's switch notices when Prometheus, Alertmanager or the way out stops. */
export const watchdog = group('watchdog', [
  heartbeat({
    name: 'Watchdog',
    expr: () => gt(vector(1), 0),
    summary: 'Alerting works.',
    description: 'Always fires. Whoever receives it raises the alarm when it stops to arrive.',
    action:
      'None while it arrives. When it stops: check that Prometheus and Alertmanager run and can reach the receiver.',
  }),
]);
