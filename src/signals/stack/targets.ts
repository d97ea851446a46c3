import { type Duration, type Job, KUBELET_JOB, prometheus, TARGETS } from '#catalog';
import { absent, and, avgOverTime, history, maxBy, or, sub, sumBy, type Vector, value, type Window } from '#promql';
import { signal } from '../signal.ts';

const JOBS = Object.values(TARGETS).map(({ job }) => job);

/** Without one of these requests fail or nobody is notified; without one of the others people see less until morning. */
const VITAL: readonly Job[] = [TARGETS.proxy.job, TARGETS.prometheus.job, TARGETS.alertmanager.job];

const OTHERS = JOBS.filter((job) => !VITAL.includes(job));

/** A rollout takes less time than this. */
const OUTAGE: Duration = '5m';

/** The fraction of scrapes that succeeded. */
const scraped = (jobs: readonly string[], window: Window) => avgOverTime(history(prometheus.up, window, { job: jobs }));

/** Zero for a component without a single target: its pods, or the discovery of them, are gone. */
const missing = (job: string): Vector<'job'> => sub(absent(value(prometheus.up, { job }), ['job']), 1);

/**
 * The fraction of successful scrapes of each component's best instance. An instance that was removed counts until its
 * samples leave the window: a pod that worked covers the start of its replacement, which is scraped as soon as it has
 * an address, long before its image is pulled; and deleting the only pod, which failed, does not resolve the alert.
 */
const bestScraped = (jobs: readonly Job[], window: Window): Vector<'job'> =>
  jobs.map(missing).reduce((known, one) => or(known, one), maxBy(['job'], scraped(jobs, window)));

const targetsUp = (jobs: readonly Job[]): Vector<'job'> => sumBy(['job'], value(prometheus.up, { job: jobs }));

const WATCHED = [...JOBS, KUBELET_JOB];

/** The fraction of successful scrapes of each target that still exists: one that was removed on purpose is not down. */
export const targetUp = signal({
  id: 'stack/target-up',
  measure: (window) => and(scraped(WATCHED, window), value(prometheus.up, { job: WATCHED })),
  unit: 'count',
  legend: '{{job}} {{instance}}',
  bad: 'below',
  range: '10m',
  drawn: () => value(prometheus.up),
});

/** The best instance of each component without which requests fail or nobody is notified; drawn as its number of targets up. */
export const componentUp = signal({
  id: 'stack/component-up',
  measure: (window) => bestScraped(VITAL, window),
  unit: 'count',
  legend: '{{job}}: all',
  bad: 'below',
  range: OUTAGE,
  drawn: () => targetsUp(VITAL),
});

/** The best instance of each other component; drawn as its number of targets up. */
export const auxiliaryComponentUp = signal({
  id: 'stack/auxiliary-component-up',
  measure: (window) => bestScraped(OTHERS, window),
  unit: 'count',
  legend: '{{job}}: all',
  bad: 'below',
  range: OUTAGE,
  drawn: () => targetsUp(OTHERS),
});
