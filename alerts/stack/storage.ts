import { type Counter, type Duration, kubelet, STACK_HEALTH_PANELS as PANELS, prometheus, toSeconds } from '#catalog';
import { add, and, div, gt, history, lt, mul, offset, predictLinear, sub, time, type Vector, value } from '#promql';
import { alert, group, faultsPerHour } from '../house/index.ts';

type Plain = Counter<Readonly<Record<never, string>>>;

const FAULTS: readonly Plain[] = [prometheus.reloadFailures, prometheus.walCorruptions, prometheus.walWriteFailures];

const databaseFaults = (): Vector<'job' | 'instance'> =>
  FAULTS.reduce((sum, one) => add(sum, faultsPerHour(one)), faultsPerHour(prometheus.compactionFailures));

/** A younger database has stored too little to tell how much it stores in a day. */
const YOUNG: Duration = '2d';

const age = (): Vector<'job' | 'instance'> => sub(time(), value(prometheus.oldestSample));

/** The size that the whole configured history has at the present pace, in percent of the size that it may have. */
const historySize = (): Vector<'job' | 'instance'> => {
  const blocks = mul(div(value(prometheus.blocksSize), age()), value(prometheus.timeLimit));
  // Without a limit the metric is 0.
  return mul(div(add(blocks, value(prometheus.walSize)), gt(value(prometheus.sizeLimit), 0)), 100);
};

type Volume = 'job' | 'instance' | 'namespace' | 'persistentvolumeclaim';

const VOLUME = ['job', 'namespace', 'persistentvolumeclaim'] as const;

const inPercent = (of: Vector<Volume>): Vector<Volume> => mul(div(of, value(kubelet.volumeCapacity)), 100);

const left = (): Vector<Volume> => inPercent(value(kubelet.volumeAvailable));

/** How far ahead the space of a volume is foretold: over a long weekend. */
const AHEAD: Duration = '4d';

/** A volume with more space than that, in percent, is not looked at: a rising slope after a start means little. */
const PLENTY = 40;

/** Over which time the slope is drawn: a database gives space back every two hours, so it has to span several of these. */
const SLOPE: Duration = '6h';

/** What will be left of each volume that is known for as long as its slope is drawn over. */
const foretold = (): Vector<Volume> =>
  and(
    inPercent(predictLinear(history(kubelet.volumeAvailable, SLOPE), toSeconds(AHEAD))),
    offset(value(kubelet.volumeAvailable), SLOPE),
  );

/** Whether there is room for what is kept. */
export const storage = group('storage', [
  alert({
    name: 'PrometheusHistoryShortening',
    severity: 'ticket',
    wait: '1h',
    threshold: { value: 100, unit: 'percent', because: 'what exceeds the size goes first, whatever its age' },
    panel: PANELS.storage,
    series: 'needed by {instance}',
    expr: (threshold) => and(gt(historySize(), threshold), gt(age(), toSeconds(YOUNG))),
    summary: ({ instance, value }) =>
      `The history of ${instance} needs ${value.fixed(0)} % of the size that it may have.`,
    description: () =>
      'At the present pace samples go before the configured age: reports on past weeks will miss their beginning.',
    action:
      'Raise storage and retentionSize together, shorten the retention, or find which job brings so many samples.',
  }),
  alert({
    name: 'PrometheusDatabaseFailing',
    severity: 'ticket',
    wait: '5m',
    threshold: { value: 0, unit: 'perHour', because: 'none of these happens on a healthy disk' },
    panel: PANELS.databaseErrors,
    expr: (threshold) => gt(databaseFaults(), threshold),
    summary: ({ instance }) => `The database of ${instance} meets errors.`,
    description: ({ value }) =>
      `${value.fixed(1)} compactions, loads of blocks or writes of the log fail an hour. Samples may be lost, and the volume fills up.`,
    action: 'Read the error in the log: a full or broken disk is the usual cause.',
  }),
  alert({
    name: 'VolumeFillingUp',
    severity: 'ticket',
    wait: '1h',
    threshold: {
      value: 0,
      unit: 'percent',
      fires: 'below',
      because: 'a volume without space stops whoever writes to it',
    },
    panel: PANELS.volumes,
    series: 'foretold {persistentvolumeclaim}',
    expr: (threshold) => and(lt(foretold(), threshold), lt(left(), PLENTY)),
    summary: ({ persistentvolumeclaim }) => `The volume ${persistentvolumeclaim} will be full within four days.`,
    description: ({ persistentvolumeclaim }) =>
      `If ${persistentvolumeclaim} fills up as in the last hours, no space is left in four days.`,
    action: 'Find what grows, shorten how long it is kept, or enlarge the volume claim.',
  }),
  alert({
    name: 'VolumeNearlyFull',
    severity: 'page',
    wait: '5m',
    threshold: {
      value: 4,
      unit: 'percent',
      fires: 'below',
      because: 'so little is gone in an hour when a log is replayed or blocks are merged',
    },
    panel: PANELS.volumes,
    series: 'left {persistentvolumeclaim}',
    expr: (threshold) => lt(left(), threshold),
    inhibits: [{ alert: 'VolumeFillingUp', equal: VOLUME }],
    summary: ({ persistentvolumeclaim, value }) =>
      `Only ${value.fixed(1)} % of the volume ${persistentvolumeclaim} are left.`,
    description: ({ persistentvolumeclaim }) => `Whoever writes to ${persistentvolumeclaim} stops when it is full.`,
    action: 'Enlarge the volume claim now if its class allows it; else free space by a shorter retention.',
  }),
]);
