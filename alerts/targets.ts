import { ANTHROPIC_PROXY_PANELS, type Duration, prometheus, TARGETS } from '#catalog';
import { absentOverTime, and, avgOverTime, history, lt, maxBy, or, sub, type Vector, value } from '#promql';
import { alert } from './alert.ts';
import { group } from './group.ts';

const JOBS = Object.values(TARGETS).map(({ job }) => job);

/** Half of the scrapes: what crashes and starts again is scraped now and then, so one good scrape proves nothing. */
const HALF = { value: 0.5, unit: 'count', fires: 'below' } as const;

/** How long all instances of a component are watched before somebody is woken: a rollout takes less. */
const OUTAGE: Duration = '5m';

const where = { job: JOBS };

/** The share of scrapes that worked, of targets that are still there: one that was taken away on purpose is not down. */
const scraped = (over: Duration) => and(avgOverTime(history(prometheus.up, over, where)), value(prometheus.up, where));

/** Zero for a component of which nothing is known at all: its pods, or the discovery of them, are gone. */
const missing = (job: string): Vector<'job'> =>
  sub(absentOverTime(history(prometheus.up, OUTAGE, { job }), ['job']), 1);

const bestScraped = (): Vector<'job'> =>
  JOBS.map(missing).reduce((known, one) => or(known, one), maxBy(['job'], scraped(OUTAGE)));

/** Whether what is to be scraped can be scraped. */
export const targets = group('targets', [
  alert({
    name: 'TargetDown',
    severity: 'ticket',
    wait: '2m',
    threshold: { ...HALF, because: 'a lost scrape happens; a target that fails every second one is down or crashes' },
    panel: ANTHROPIC_PROXY_PANELS.targetsUp,
    series: '{job} {instance}',
    expr: (threshold) => lt(scraped('10m'), threshold),
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
    panel: ANTHROPIC_PROXY_PANELS.targetsUp,
    series: '{job}: all',
    expr: (threshold) => lt(bestScraped(), threshold),
    links: ['job'],
    inhibits: [{ alert: 'TargetDown', equal: ['job'] }],
    summary: ({ job }) => `No instance of ${job} can be scraped.`,
    description: ({ job }) => `All instances of ${job} are down or crash again and again, or there are none.`,
    action: 'Look at the workload and its pods; if they run, at the network policy and the scrape’s error.',
  }),
]);
