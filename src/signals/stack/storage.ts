import { type Counter, type Duration, kubelet, prometheus, toSeconds } from '#catalog';
import {
  add,
  and,
  clampMin,
  div,
  gt,
  history,
  mul,
  offset,
  predictLinear,
  sub,
  time,
  type Vector,
  value,
} from '#promql';
import { FAULT_RANGE, faultsPerHour } from '../rates.ts';
import { signal } from '../signal.ts';

/** How far the stored samples go back, in seconds. */
export const historyAge = (): Vector<'job' | 'instance'> => sub(time(), value(prometheus.oldestSample));

/** The size limit of the database, where there is one: without a limit the metric is 0. */
export const sizeLimit = (): Vector<'job' | 'instance'> => gt(value(prometheus.sizeLimit), 0);

/** The size that the whole configured history needs at the current rate, in percent of the size limit. */
export const historySize = signal({
  id: 'prometheus/history-size',
  measure: () => {
    const blocks = mul(div(value(prometheus.blocksSize), historyAge()), value(prometheus.timeLimit));
    return mul(div(add(blocks, value(prometheus.walSize)), sizeLimit()), 100);
  },
  unit: 'percent',
  legend: 'needed by {{instance}}',
});

const DATABASE_ERRORS: readonly Counter<Readonly<Record<never, string>>>[] = [
  prometheus.reloadFailures,
  prometheus.walCorruptions,
  prometheus.walWriteFailures,
];

/** Compactions, block reloads and writes to the write-ahead log that fail, and corruptions of it, per hour. */
export const databaseErrors = signal({
  id: 'prometheus/database-errors',
  measure: (window) =>
    DATABASE_ERRORS.reduce(
      (sum, one) => add(sum, faultsPerHour(one, window)),
      faultsPerHour(prometheus.compactionFailures, window),
    ),
  unit: 'perHour',
  legend: '{{instance}}',
  range: FAULT_RANGE,
});

type Volume = 'job' | 'instance' | 'namespace' | 'persistentvolumeclaim';

const inPercent = (of: Vector<Volume>): Vector<Volume> => mul(div(of, value(kubelet.volumeCapacity)), 100);

/** Free space of each volume, in percent. */
export const freeSpace = (): Vector<Volume> => inPercent(value(kubelet.volumeAvailable));

/** `freeSpace` as a signal. */
export const volumeFree = signal({
  id: 'kubelet/volume-free',
  measure: freeSpace,
  unit: 'percent',
  legend: 'free {{persistentvolumeclaim}}',
  bad: 'below',
});

/** A long weekend. */
const AHEAD: Duration = '4d';

/** A database frees space every two hours, so the slope has to span several of these. */
const SLOPE: Duration = '6h';

const predicted = (): Vector<Volume> =>
  inPercent(predictLinear(history(kubelet.volumeAvailable, SLOPE), toSeconds(AHEAD)));

/** Predicted free space of each volume in four days, in percent, where the volume has been known long enough for a slope. */
export const volumeFreePredicted = signal({
  id: 'kubelet/volume-free-predicted',
  measure: () => and(predicted(), offset(value(kubelet.volumeAvailable), SLOPE)),
  unit: 'percent',
  legend: 'predicted {{persistentvolumeclaim}}',
  bad: 'below',
  // Negative space would lie below the graph.
  drawn: () => clampMin(predicted(), 0),
});
