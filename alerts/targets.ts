import { ANTHROPIC_PROXY_PANELS, prometheus, TARGETS } from '#catalog';
import { absent, lt, maxBy, or, sub, type Vector, value } from '#promql';
import { alert } from './alert.ts';
import { group } from './group.ts';

const JOBS = Object.values(TARGETS).map(({ job }) => job);

const up = () => value(prometheus.up, { job: JOBS });

/** Zero for a component of which nothing is known at all: its pods, or the discovery of them, are gone. */
const missing = (job: string): Vector<'job'> => sub(absent(value(prometheus.up, { job }), ['job']), 1);

const anyUp = (): Vector<'job'> => JOBS.map(missing).reduce((known, one) => or(known, one), maxBy(['job'], up()));

/** Whether what is to be scraped can be scraped. */
export const targets = group('targets', [
  alert({
    name: 'TargetDown',
    severity: 'ticket',
    wait: '10m',
    threshold: { value: 1, unit: 'count', fires: 'below', because: 'a scrape works or it does not' },
    panel: ANTHROPIC_PROXY_PANELS.targetsUp,
    expr: (threshold) => lt(up(), threshold),
    links: ['job'],
    summary: ({ job, instance }) => `Prometheus cannot scrape ${instance} of ${job}.`,
    description: ({ instance }) => `What ${instance} does is unknown, and no other alert can tell of it.`,
    action: 'Look at the pod’s state and last log lines, then at the error of the scrape under Status, Target health.',
  }),
  alert({
    name: 'AllTargetsDown',
    severity: 'page',
    wait: '5m',
    threshold: { value: 1, unit: 'count', fires: 'below', because: 'with no replica left nobody is served' },
    panel: ANTHROPIC_PROXY_PANELS.targetsUp,
    expr: (threshold) => lt(anyUp(), threshold),
    links: ['job'],
    inhibits: [{ alert: 'TargetDown', equal: ['job'] }],
    summary: ({ job }) => `No instance of ${job} can be scraped.`,
    description: ({ job }) => `All instances of ${job} are down, or there are none.`,
    action: 'Look at the workload and its pods; if they run, at the network policy and the scrape’s error.',
  }),
]);
