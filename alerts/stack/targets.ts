import { ANTHROPIC_PROXY_PANELS, STACK_HEALTH_PANELS, TARGETS } from '#catalog';
import { stackSignals as signals } from '#signals';
import { alert, group, HALF_OF_THE_TIME } from '../house/index.ts';

/** Whether every target can be scraped. A crash-looping one is scraped now and then, so one good scrape proves nothing. */
export const targets = group('targets', [
  alert({
    name: 'TargetDown',
    severity: 'ticket',
    for: '2m',
    signal: signals.targetUp,
    threshold: {
      value: HALF_OF_THE_TIME,
      because: 'single scrapes fail; a target that fails every second one is down or crash-looping',
    },
    panel: STACK_HEALTH_PANELS.componentsUp,
    links: ['job'],
    summary: ({ job, instance, value }) =>
      `Prometheus cannot scrape ${instance} of ${job}: ${value.humanizePercentage} of its scrapes succeed.`,
    description: ({ instance }) =>
      `${instance} is down or crash-looping. Its state is unknown, and no other alert can report on it.`,
    action: 'Check the pod’s state and last log lines, then the error of the scrape under Status, Target health.',
  }),
  alert({
    name: 'AllTargetsDown',
    severity: 'page',
    for: '2m',
    signal: signals.componentUp,
    threshold: { value: HALF_OF_THE_TIME, because: 'without a replica that stays up hardly anybody is served' },
    // That dashboard's variable has only the jobs of proxies, so the link narrows nothing.
    panel: ANTHROPIC_PROXY_PANELS.targetsUp,
    inhibits: [
      { alert: 'TargetDown', equal: ['job'] },
      // A page as well: nothing answers a probe of a proxy that is down, and one call is enough.
      { alert: 'AnthropicProxyUnreachable', equal: [], when: { job: TARGETS.proxy.job } },
      { alert: 'PrometheusNotificationsFailing', equal: [], when: { job: TARGETS.alertmanager.job } },
      { alert: 'PrometheusNotificationsLost', equal: [], when: { job: TARGETS.alertmanager.job } },
      { alert: 'GrafanaQueriesFailing', equal: [], when: { job: TARGETS.prometheus.job } },
    ],
    summary: ({ job }) => `No instance of ${job} can be scraped.`,
    description: ({ job }) => `All instances of ${job} are down or crash-looping, or there are none.`,
    action: 'Check the workload and its pods; if they are up, check the network policy and the error of the scrape.',
  }),
  alert({
    name: 'ComponentDown',
    severity: 'ticket',
    for: '2m',
    signal: signals.auxiliaryComponentUp,
    threshold: {
      value: HALF_OF_THE_TIME,
      because: 'requests are served and alerts are delivered without it, so it can wait until morning',
    },
    panel: STACK_HEALTH_PANELS.componentsUp,
    links: ['job'],
    inhibits: [
      { alert: 'TargetDown', equal: ['job'] },
      { alert: 'LokiReceivesNothing', equal: [], when: { job: TARGETS.loki.job } },
      { alert: 'AlloyDropsLines', equal: [], when: { job: TARGETS.loki.job } },
      { alert: 'AlloyDeliveryFailing', equal: [], when: { job: TARGETS.loki.job } },
      { alert: 'GrafanaQueriesFailing', equal: [], when: { job: TARGETS.loki.job } },
      { alert: 'LokiReceivesNothing', equal: [], when: { job: TARGETS.alloy.job } },
      { alert: 'GrafanaUnreachable', equal: [], when: { job: TARGETS.grafana.job } },
      { alert: 'ProbeMissing', equal: [], when: { job: TARGETS.blackbox.job } },
    ],
    summary: ({ job }) => `No instance of ${job} can be scraped.`,
    description: ({ job }) => `All instances of ${job} are down or crash-looping, or there are none.`,
    action: 'Check the workload and its pods; if they are up, check the network policy and the error of the scrape.',
  }),
]);
