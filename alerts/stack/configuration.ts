import { STACK_HEALTH_PANELS as PANELS } from '#catalog';
import { stackSignals as signals } from '#signals';
import { alert, group, HALF_OF_THE_TIME } from '../house/index.ts';

/** Whether the programs run with the configuration that they were given. */
export const configuration = group('configuration', [
  alert({
    name: 'ConfigurationRefused',
    severity: 'ticket',
    for: '5m',
    signal: signals.configurationLoaded,
    threshold: {
      value: HALF_OF_THE_TIME,
      because: 'a file that is just being written is rejected once, a wrong one every time',
    },
    panel: PANELS.configReloads,
    links: ['job'],
    inhibits: [{ alert: 'AlertmanagerConfigurationsDiffer', equal: ['job'] }],
    summary: ({ job, instance }) => `${instance} of ${job} rejects its configuration.`,
    description: ({ instance }) =>
      `${instance} keeps running with its previous configuration. The latest change is not in effect, and a restart may fail.`,
    action: 'Read the reason in the program’s log, then revert or fix the change.',
  }),
  alert({
    name: 'AlertmanagerConfigurationsDiffer',
    severity: 'ticket',
    for: '20m',
    signal: signals.alertmanagerConfigurations,
    threshold: { value: 1, because: 'the members of a cluster share one configuration; a rollout is over by then' },
    panel: PANELS.alertmanagerCluster,
    links: ['job'],
    summary: ({ job, value }) => `The members of ${job} run ${value.fixed(0)} different configurations.`,
    description: () => 'Who is notified of an alert depends on which member sends the notification.',
    action: 'Compare the members’ configurations; restart the one that is behind.',
  }),
]);
