import { ANTHROPIC_PROXY_PANELS as PANELS, proxy } from '#catalog';
import { maxBy, value } from '#promql';
import { onlyThis, query, timeseries, unitOf, WORTH_A_LOOK } from '../house/index.ts';

/** How full every window is. */
export const utilizationOverTime = () =>
  timeseries({
    panel: PANELS.utilizationOverTime,
    title: 'Utilization Over Time',
    description: 'x',
    unit: unitOf(proxy.utilization),
    display: [WORTH_A_LOOK],
    queries: [
      query(maxBy(['job', 'window', 'credential'], value(proxy.utilization)), '{{window}} {{credential}}', {
        drill: onlyThis('credential', 'anthropic-proxy'),
      }),
    ],
  });
