import {
  ANTHROPIC_PROXY_PANELS,
  type Duration,
  type Job,
  KUBELET_JOB,
  prometheus,
  STACK_HEALTH_PANELS,
  TARGETS,
} from '#catalog';
import { absent, and, avgOverTime, history, lt, maxBy, or, sub, type Vector, value } from '#promql';
import { alert, group } from '../house/index.ts';

const JOBS = Object.values(TARGETS).map(({ job }) => job);

/** Without one of these requests fail or nobody is told; without one of the others people see less until the morning. */
const VITAL: readonly Job[] = [TARGETS.proxy.job, TARGETS.prometheus.job, TARGETS.alertmanager.job];

const OTHERS = JOBS.filter((job) => !VITAL.includes(job));

/** Half of the scrapes: what crashes and starts again is scraped now and then, so one good scrape proves nothing. */
const HALF = { value: 0.5, unit: 'count', fires: 'below' } as const;

/** How long all instances of a component are watched before somebody is woken: a rollout takes less. */
const OUTAGE: Duration = '5m';

/** The share of scrapes that worked. */
const scraped = (jobs: readonly string[], over: Duration) => avgOverTime(history(prometheus.up, over, { job: jobs }));

/** The same of targets that are still there: one that was taken away on purpose is not down. */
const present = (jobs: readonly string[], over: Duration) =>
  and(scraped(jobs, over), value(prometheus.up, { job: jobs }));

/** Zero for a component of which nothing is known at all: its pods, or the discovery of them, are gone. */
const missing = (job: string): Vector<'job'> => sub(absent(value(prometheus.up, { job }), ['job']), 1);

/**
 * How well the best instance of each component could be scraped. One that was taken away counts until nothing is known of
 * it any more: a pod that worked covers the start of the one in its place, which is asked as soon as it has an address,
 * long before its image is there; and deleting the only pod, which failed, does not call off the alarm.
 */
const bestScraped = (jobs: readonly Job[]): Vector<'job'> =>
  jobs.map(missing).reduce((known, one) => or(known, one), maxBy(['job'], scraped(jobs, OUTAGE)));

/** Whether what is to be scraped can be scraped. */
export const targets = group('targets', [
  alert({
    name: 'TargetDown',
    severity: 'ticket',
    wait: '2m',
    threshold: { ...HALF, because: 'a lost scrape happens; a target that fails every second one is down or crashes' },
    panel: STACK_HEALTH_PANELS.componentsUp,
    series: '{job} {instance}',
    expr: (threshold) => lt(present([...JOBS, KUBELET_JOB], '10m'), threshold),
    links: ['job'],
    summary: ({ job, instance, value }) =>
      `Prometheus cannot scrape ${instance} of ${job}: ${value.humanizePercentage} of its scrapes work.`,
    description: ({ instance }) =>
      `${instance} is down, or crashes and starts again. What it does is unknown, and no other alert can tell of it.`,
    action: 'Look at the pod’s state and last log lines, then at the error of the scrape under Status, Target health.',
  }),
  alert({
    name: 'AllTargetsDown',
    severity: 'page',
    wait: '2m',
    threshold: { ...HALF, because: 'with no replica that stays up hardly anybody is served' },
    // That dashboard offers the jobs of proxies alone, so its link narrows nothing.
    panel: ANTHROPIC_PROXY_PANELS.targetsUp,
    series: '{job}: all',
    expr: (threshold) => lt(bestScraped(VITAL), threshold),
    inhibits: [
      { alert: 'TargetDown', equal: ['job'] },
      // A page as well: nothing answers a probe of a proxy that is down, and one call is enough.
      { alert: 'AnthropicProxyUnreachable', equal: [], when: { job: TARGETS.proxy.job } },
      { alert: 'PrometheusNotificationsFailing', equal: [], when: { job: TARGETS.alertmanager.job } },
      { alert: 'PrometheusNotificationsLost', equal: [], when: { job: TARGETS.alertmanager.job } },
      { alert: 'GrafanaQueriesFailing', equal: [], when: { job: TARGETS.prometheus.job } },
    ],
    summary: ({ job }) => `No instance of ${job} can be scraped.`,
    description: ({ job }) => `All instances of ${job} are down or crash again and again, or there are none.`,
    action: 'Look at the workload and its pods; if they run, at the network policy and the scrape’s error.',
  }),
  alert({
    name: 'ComponentDown',
    severity: 'ticket',
    wait: '2m',
    threshold: {
      ...HALF,
      because: 'requests are served and people are told without it, so it can wait for the morning',
    },
    panel: STACK_HEALTH_PANELS.componentsUp,
    series: '{job}: all',
    expr: (threshold) => lt(bestScraped(OTHERS), threshold),
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
    description: ({ job }) => `All instances of ${job} are down or crash again and again, or there are none.`,
    action: 'Look at the workload and its pods; if they run, at the network policy and the scrape’s error.',
  }),
]);
