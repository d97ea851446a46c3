import { alloy, nodeProcess, STACK_HEALTH_PANELS as PANELS } from '#catalog';
import { or, RATE_INTERVAL, rate, sumBy, value } from '#promql';
// biome-ignore format: one list of house words
import { CORES, query, timeseries, toPanel, unitOf } from '../house/index.ts';

/** How much memory each process takes. */
export const memory = () =>
  timeseries({
    panel: PANELS.memory,
    title: 'Memory',
    description:
      'Resident memory of each process; every program of the stack tells its own. Normal: it climbs after a start and levels ' +
      'off. At its limit the pod is killed and starts again, which shows as a fall to almost nothing. Prometheus grows with ' +
      '"Active series", Loki with its streams, the proxy with its open streams: raise the limit only after having looked there.',
    unit: unitOf(nodeProcess.residentMemory),
    legend: 'beside',
    queries: [query(or(value(nodeProcess.residentMemory), value(alloy.residentMemory)), '{{job}} {{instance}}')],
    links: [toPanel('CPU', PANELS.cpu)],
  });

/** How much of a processor each process takes. */
export const cpu = () =>
  timeseries({
    panel: PANELS.cpu,
    title: 'CPU',
    description:
      'Processor time that each process takes, in cores. Normal: all of the stack together below one, in the profile small. A ' +
      'process that stays at its limit is throttled and late: rules are left out, streams stutter, pages load slowly. The proxy ' +
      'has one thread, so more than one core does not help a pod of it: add a replica.',
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
