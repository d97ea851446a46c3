import { type Duration, kubelet, STACK_HEALTH_PANELS as PANELS, prometheus, toSeconds } from '#catalog';
// biome-ignore format: one list of operators
import {
  add, clampMin, div, gt, history, mul, or, predictLinear, sub, time, type Vector, value, withLabel,
} from '#promql';
// biome-ignore format: one list of house words
import {
  COLORS, PERCENT, perHour, query, timeseries, toPanel, unitOf,
} from '../house/index.ts';
import { eventsPerHour, percentOf } from './rates.ts';

/** What the database of Prometheus meets. */
export const databaseErrors = () =>
  timeseries({
    panel: PANELS.databaseErrors,
    title: 'Errors of the database',
    description:
      'Compactions, loads of blocks and writes of the log that failed, and corruptions of the log that were found, an hour and by ' +
      'pod. Normal: 0, always. Anything else: the disk is full or broken; the log says which. Samples may be lost, and blocks ' +
      'that cannot be merged fill the volume: see "Volumes". Loki’s index counts its writes here as well.',
    unit: perHour(prometheus.compactionFailures),
    queries: [
      query(
        [
          withLabel(eventsPerHour(prometheus.reloadFailures), 'what', 'loads of blocks'),
          withLabel(eventsPerHour(prometheus.walCorruptions), 'what', 'corruptions of the log'),
          withLabel(eventsPerHour(prometheus.walWriteFailures), 'what', 'writes of the log'),
        ].reduce(
          (all, one) => or(all, one),
          withLabel(eventsPerHour(prometheus.compactionFailures), 'what', 'compactions'),
        ),
        '{{what}} {{instance}}',
      ),
    ],
    links: [toPanel('Volumes', PANELS.volumes)],
  });

/** How long the stored blocks go back, in seconds. */
const age = (): Vector<'job' | 'instance'> => sub(time(), value(prometheus.oldestSample));

/** The limit of the size, where there is one. */
const limit = (): Vector<'job' | 'instance'> => gt(value(prometheus.sizeLimit), 0);

/** The size that the whole configured history has at the present pace. */
const needed = (): Vector<'job' | 'instance'> =>
  add(mul(div(value(prometheus.blocksSize), age()), value(prometheus.timeLimit)), value(prometheus.walSize));

/** How much Prometheus has stored. */
export const storage = () =>
  timeseries({
    panel: PANELS.storage,
    title: 'Storage of Prometheus',
    description:
      'How much of the size that it may have the whole configured history would need at the present pace, in percent, and on the ' +
      'right what is used now. Normal: below 100 needed; what is used climbs until the first samples reach their age, then it ' +
      'stays. The first days after a start the forecast is rough. Above 100 old samples go before their time: raise volume and ' +
      'limit together, or find under "Samples a scrape" who brings so many.',
    unit: PERCENT,
    softMax: 100,
    queries: [
      query(percentOf(needed(), limit()), 'needed by {{instance}}', { compared: true }),
      query(add(value(prometheus.blocksSize), value(prometheus.walSize)), 'used by {{instance}}', {
        unit: unitOf(prometheus.blocksSize),
      }),
      query(limit(), 'limit of {{instance}}', { unit: unitOf(prometheus.sizeLimit), color: COLORS.neutral }),
    ],
    links: [toPanel('Volumes', PANELS.volumes)],
  });

/** How far ahead the space of a volume is foretold, as its alert does: over a long weekend. */
const AHEAD: Duration = '4d';

/** How full the volumes are. */
export const volumes = () =>
  timeseries({
    panel: PANELS.volumes,
    title: 'Space left on the volumes',
    description:
      'How much of each volume of the stack is left, in percent, and how much will be in four days if it goes on as in the last six ' +
      'hours. Normal: those of Prometheus and Loki level off well above 10, the others hardly move. At 0 its program can write no ' +
      'more: Prometheus and Loki lose what comes in. Enlarge the claim where its storage class allows that, or shorten the retention.',
    unit: PERCENT,
    softMax: 100,
    legend: 'beside',
    queries: [
      query(percentOf(value(kubelet.volumeAvailable), value(kubelet.volumeCapacity)), 'left {{persistentvolumeclaim}}'),
      query(
        percentOf(
          // Less than nothing would lie below the graph.
          clampMin(predictLinear(history(kubelet.volumeAvailable, '6h'), toSeconds(AHEAD)), 0),
          value(kubelet.volumeCapacity),
        ),
        'foretold {{persistentvolumeclaim}}',
      ),
    ],
    links: [toPanel('Storage of Prometheus', PANELS.storage)],
    noValue: 'Unknown: the configuration does not let Prometheus ask the kubelets, or the storage class does not tell',
  });
