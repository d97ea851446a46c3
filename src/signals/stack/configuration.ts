import { alertmanager, alloy, blackbox, type Gauge, prometheus } from '#catalog';
import { avgOverTime, countBy, countValues, history, or, type Vector, value } from '#promql';
import { signal } from '../signal.ts';

type PlainGauge = Gauge<Readonly<Record<never, string>>, 'instance'>;

/** The programs that reload their configuration while they run, and report whether that succeeded. */
const LOADS: readonly [PlainGauge, ...PlainGauge[]] = [
  prometheus.configReloadSuccessful,
  alertmanager.configReloadSuccessful,
  alloy.configLoadSuccessful,
  blackbox.configReloadSuccessful,
];

const ofAll = (of: (metric: PlainGauge) => Vector<'job' | 'instance'>): Vector<'job' | 'instance'> => {
  const [first, ...others] = LOADS;
  return others.map(of).reduce((all, one) => or(all, one), of(first));
};

/** The fraction of the time in which the last load of the configuration had succeeded. */
export const configurationLoaded = signal({
  id: 'stack/configuration-loaded',
  measure: (window) => ofAll((metric) => avgOverTime(history(metric, window))),
  unit: 'count',
  legend: '{{job}} {{instance}}',
  bad: 'below',
  range: '10m',
  drawn: () => ofAll((metric) => value(metric)),
});

/** How many different configurations the members of an Alertmanager cluster run. */
export const alertmanagerConfigurations = signal({
  id: 'alertmanager/configurations',
  measure: () => countBy(['job'], countValues('hash', ['job'], value(alertmanager.configHash))),
  unit: 'count',
  legend: 'configurations of {{job}}',
});
