import { alertmanager, alloy, blackbox, type Gauge, prometheus } from '#catalog';
import { constant, type InputSeries, inOrder, minutes, series } from '../../../support/promtool.ts';
import { type AlertCases, casesOf, firesAfter, staysSilent } from '../alert-cases.ts';
import { stateStories } from './stories.ts';

type Plain = Gauge<Readonly<Record<never, string>>, 'instance'>;

const PROGRAMS: readonly (readonly [job: string, metric: Plain])[] = [
  ['prometheus', prometheus.configReloadSuccessful],
  ['alertmanager', alertmanager.configReloadSuccessful],
  ['alloy', alloy.configLoadSuccessful],
  ['blackbox-exporter', blackbox.configReloadSuccessful],
];

const rejected = (job: string, values: string): readonly InputSeries[] =>
  PROGRAMS.map(([other, metric]) =>
    series(metric, { job: other, instance: `${other}-0` }, other === job ? values : constant(1)),
  );

const hash = (instance: string, values: string): InputSeries =>
  series(alertmanager.configHash, { job: 'alertmanager', instance }, values);

export const configuration: readonly AlertCases[] = [
  casesOf('ConfigurationRefused', (figures) =>
    PROGRAMS.flatMap(([job]) =>
      stateStories(figures, {
        of: (values) => rejected(job, values),
        range: minutes(10),
        labels: { job, instance: `${job}-0` },
        reads: {
          summary: `${job}-0 of ${job} rejects its configuration.`,
          description: `${job}-0 keeps running with its previous configuration. The latest change is not in effect, and a restart may fail.`,
        },
      }).map((story) => ({ ...story, title: `${story.title}, of ${job}` })),
    ),
  ),
  casesOf('AlertmanagerConfigurationsDiffer', (figures) => [
    {
      title: 'fires when one of three members has another configuration',
      series: [
        hash('alertmanager-0', constant(7)),
        hash('alertmanager-1', constant(7)),
        hash('alertmanager-2', constant(9)),
        series(alertmanager.configHash, { job: 'another', instance: 'another-0' }, constant(3)),
      ],
      checks: firesAfter(0, figures, {
        labels: { job: 'alertmanager' },
        reads: {
          summary: 'The members of alertmanager run 2 different configurations.',
          description: 'Who is notified of an alert depends on which member sends the notification.',
        },
      }),
    },
    {
      title: 'is silent while a rollout changes one after the other',
      series: [
        hash('alertmanager-0', inOrder(constant(7, 29), constant(9))),
        hash('alertmanager-1', inOrder(constant(7, 36), constant(9))),
        hash('alertmanager-2', inOrder(constant(7, 44), constant(9))),
      ],
      checks: staysSilent(minutes(20), minutes(45), minutes(48), minutes(90)),
    },
    {
      title: 'is silent about a single one',
      series: [hash('alertmanager-0', constant(7))],
      checks: staysSilent(minutes(60)),
    },
  ]),
];
