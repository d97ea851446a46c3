import { type Job, prometheus, TARGETS } from '#catalog';
import { constant, type InputSeries, inOrder, series } from '../../support/promtool.ts';

/** The scrapes of an instance: 1 where they succeed. */
export const scrapes = (job: Job | 'another', instance: string, values: string): InputSeries =>
  series(prometheus.up, { job, instance }, values);

/** One instance that can be scraped of each component but the named ones. */
export const othersUp = (...but: readonly Job[]): readonly InputSeries[] =>
  Object.values(TARGETS)
    .filter(({ job }) => !but.includes(job))
    .map(({ job }) => scrapes(job, `${job}-0`, constant(1)));

/** Nine failed scrapes and one good one, over and over. */
export const CRASH_LOOP = inOrder(...Array.from({ length: 10 }, () => '0x8 1'));
