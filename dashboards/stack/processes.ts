import { alloy, nodeProcess, STACK_HEALTH_PANELS as PANELS } from '#catalog';
import { or, RATE_INTERVAL, rate, sumBy, value } from '#promql';
import { CORES, query, timeseries, toPanel, unitOf } from '../house/index.ts';

/** How much memory each process uses. */
export const memory = () =>
  timeseries({
    panel: PANELS.memory,
    title: 'Memory',
    description:
      'Resident memory of each process, as every program of the stack reports it. Normal: it climbs after a start and levels ' +
      'off. At its limit the pod is killed and restarted, which shows as a drop to almost nothing. Prometheus grows with ' +
      '"Active series", Loki with its streams, the proxy with its open streams: check these before you raise the limit.',
    unit: unitOf(nodeProcess.residentMemory),
    legend: 'beside',
    queries: [query(or(value(nodeProcess.residentMemory), value(alloy.residentMemory)), '{{job}} {{instance}}')],
    links: [toPanel('CPU', PANELS.cpu)],
  });

/** How much CPU each process uses. */
export const cpu = () =>
  timeseries({
    panel: PANELS.cpu,
    title: 'CPU',
    description:
      'CPU usage of each process, in cores. Normal: the whole stack stays below one core in the small profile. A process that ' +
      'stays at its limit is throttled and late: rule evaluations are missed, streams stutter, pages load slowly. The proxy has ' +
      'one thread, so a pod of it cannot use more than one core: add a replica.',
    unit: CORES,
    legend: 'beside',
    queries: [
      query(
        sumBy(['job', 'instance'], or(rate(nodeProcess.cpu, RATE_INTERVAL), rate(alloy.cpu, RATE_INTERVAL))),
        '{{job}} {{instance}}',
      ),
    ],
    links: [toPanel('Memory', PANELS.memory)],
  });
