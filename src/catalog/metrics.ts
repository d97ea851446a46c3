import type { Metric } from './metric.ts';
import { alertmanager } from './systems/alertmanager.ts';
import { alloy } from './systems/alloy.ts';
import { blackbox } from './systems/blackbox.ts';
import { grafana } from './systems/grafana.ts';
import { kubelet } from './systems/kubelet.ts';
import { loki } from './systems/loki.ts';
import { nodeProcess } from './systems/node.ts';
import { prometheus } from './systems/prometheus.ts';
import { proxy, proxyRecorded } from './systems/proxy.ts';

/** The metrics of every system, by who exports them. */
export const SYSTEMS = {
  proxy,
  proxyRecorded,
  nodeProcess,
  prometheus,
  alertmanager,
  loki,
  alloy,
  grafana,
  blackbox,
  kubelet,
} as const;

/** Every metric of the catalog. */
export const METRICS: readonly Metric[] = Object.values(SYSTEMS).flatMap((system): readonly Metric[] =>
  Object.values(system),
);
