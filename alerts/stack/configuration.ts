import { alertmanager, alloy, blackbox, type Gauge, STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
import { countBy, countValues, gt, history, lt, or, type Vector, value } from '#promql';
import { alert, group, HALF_OF_THE_TIME, held } from '../house/index.ts';

/** What reads its configuration again while it runs, and tells whether that worked. */
const LOADS: readonly [Plain, ...Plain[]] = [
  prometheus.configReloadSuccessful,
  alertmanager.configReloadSuccessful,
  alloy.configLoadSuccessful,
  blackbox.configReloadSuccessful,
];

type Plain = Gauge<Readonly<Record<never, string>>, 'instance'>;

const loaded = (): Vector<'job' | 'instance'> => {
  const [first, ...others] = LOADS.map((metric) => held(history(metric, '10m')));
  return others.reduce((all, one) => or(all, one), first as Vector<'job' | 'instance'>);
};

/** Whether the programs run with the configuration that they were given. */
export const configuration = group('configuration', [
  alert({
    name: 'ConfigurationRefused',
    severity: 'ticket',
    wait: '5m',
    threshold: { ...HALF_OF_THE_TIME, because: 'a file that is being written is refused once, a wrong one for good' },
    panel: PANELS.configReloads,
    expr: (threshold) => lt(loaded(), threshold),
    links: ['job'],
    inhibits: [{ alert: 'AlertmanagerConfigurationsDiffer', equal: ['job'] }],
    summary: ({ job, instance }) => `${instance} of ${job} refuses its configuration.`,
    description: ({ instance }) =>
      `${instance} goes on with the configuration that it had. What was changed is not in force, and a restart may fail.`,
    action: 'Read the reason in the log of the program, then undo or repair the change.',
  }),
  alert({
    name: 'AlertmanagerConfigurationsDiffer',
    severity: 'ticket',
    wait: '20m',
    threshold: { value: 1, unit: 'count', because: 'one cluster has one configuration; a rollout is over by then' },
    panel: PANELS.alertmanagerCluster,
    series: 'configurations',
    expr: (threshold) => gt(countBy(['job'], countValues('hash', ['job'], value(alertmanager.configHash))), threshold),
    links: ['job'],
    summary: ({ job, value }) => `The members of ${job} run with ${value.fixed(0)} configurations.`,
    description: () => 'Which of them tells of an alert decides who hears of it.',
    action: 'Compare the configurations of the members; restart the one that is behind.',
  }),
]);
