import type { System } from '../system.ts';
import { alertmanager } from './alertmanager.ts';
import { alloy } from './alloy.ts';
import { blackbox } from './blackbox.ts';
import { grafana } from './grafana.ts';
import { kubelet } from './kubelet.ts';
import { loki } from './loki.ts';
import { prometheus } from './prometheus.ts';

/** What watches the others: Prometheus, Alertmanager, Loki, Alloy, Grafana and the probes of this stack. */
export const monitoringStack: System = {
  name: 'stack',
  title: 'Monitoring stack',
  runs: 'component',
  families: [
    { title: 'Prometheus', metrics: prometheus },
    { title: 'Alertmanager', metrics: alertmanager },
    { title: 'Loki', metrics: loki },
    { title: 'Alloy', metrics: alloy },
    { title: 'Grafana', metrics: grafana },
    { title: 'blackbox exporter', metrics: blackbox },
    { title: 'kubelet', metrics: kubelet },
  ],
};
