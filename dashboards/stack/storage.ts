import { type Counter, STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
import { add, or, RATE_INTERVAL, value, withLabel } from '#promql';
import { rates, stackSignals } from '#signals';
import { COLORS, draw, PERCENT, perHour, query, timeseries, toPanel, unitOf } from '../house/index.ts';

const failed = (metric: Counter<Readonly<Record<never, string>>>, what: string) =>
  withLabel<'job' | 'instance', 'what', 'instance'>(rates.faultsPerHour(metric, RATE_INTERVAL), 'what', what);

/** Which errors the database of Prometheus reports. */
export const databaseErrors = () =>
  timeseries({
    panel: PANELS.databaseErrors,
    title: 'Database errors',
    description:
      'Compactions, block reloads and writes to the write-ahead log that failed, and corruptions of that log, per hour and pod. ' +
      'Normal: 0, always. Anything else: the disk is full or broken; the log says which. Samples may be lost, and blocks that ' +
      'cannot be compacted fill the volume: see "Free space on volumes". Loki’s index reports its writes here as well.',
    unit: perHour(prometheus.compactionFailures),
    queries: [
      query(
        [
          failed(prometheus.reloadFailures, 'block reloads'),
          failed(prometheus.walCorruptions, 'WAL corruptions'),
          failed(prometheus.walWriteFailures, 'WAL writes'),
        ].reduce((all, one) => or(all, one), failed(prometheus.compactionFailures, 'compactions')),
        '{{what}} {{instance}}',
        { signal: stackSignals.databaseErrors },
      ),
    ],
    links: [toPanel('Free space', PANELS.volumes)],
  });

/** How much Prometheus has stored. */
export const storage = () =>
  timeseries({
    panel: PANELS.storage,
    title: 'Prometheus storage',
    description:
      'How much of its size limit the whole configured history would need at the current rate, in percent, and on the right what ' +
      'is used now. Normal: below 100 needed; what is used climbs until the first samples reach their maximum age, then levels off. ' +
      'For the first days after a start the forecast is rough. Above 100 old samples are deleted early: raise volume and limit ' +
      'together, or find under "Samples per scrape" which target adds so many.',
    unit: PERCENT,
    softMax: 100,
    queries: [
      draw(stackSignals.historySize),
      query(add(value(prometheus.blocksSize), value(prometheus.walSize)), 'used by {{instance}}', {
        unit: unitOf(prometheus.blocksSize),
      }),
      query(stackSignals.sizeLimit(), 'limit of {{instance}}', {
        unit: unitOf(prometheus.sizeLimit),
        color: COLORS.neutral,
      }),
    ],
    links: [toPanel('Free space', PANELS.volumes)],
  });

/** How full the volumes are. */
export const volumes = () =>
  timeseries({
    panel: PANELS.volumes,
    title: 'Free space on volumes',
    description:
      'How much of each volume of the stack is free, in percent, and how much will be in four days if it keeps filling up as in ' +
      'the last six hours. Normal: those of Prometheus and Loki level off well above 10, the others hardly move. At 0 programs ' +
      'cannot write: Prometheus and Loki lose what comes in. Enlarge the claim where its storage class allows that, or shorten ' +
      'the retention.',
    unit: PERCENT,
    softMax: 100,
    legend: 'beside',
    queries: [draw(stackSignals.volumeFree), draw(stackSignals.volumeFreePredicted)],
    links: [toPanel('Prometheus storage', PANELS.storage)],
    noValue:
      'Unknown: the configuration does not let Prometheus scrape the kubelets, or the storage class reports nothing',
  });
