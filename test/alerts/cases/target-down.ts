import { constant, inOrder, minutes } from '../../support/promtool.ts';
import { casesOf, firesAfter, staysSilent } from './alert-cases.ts';
import { CRASH_LOOP, othersUp, scrapes } from './scrapes.ts';

const job = 'anthropic-proxy';
const labels = { job, instance: 'proxy-0' };

/** Every minute of an hour and a half. */
const always = staysSilent(...Array.from({ length: 90 }, (_, minute) => minutes(minute)));

export const targetDown = casesOf('TargetDown', (figures) => [
  {
    title: 'fires for the instance that cannot be scraped, and for no other',
    series: [scrapes(job, 'proxy-0', constant(0)), scrapes(job, 'proxy-1', constant(1)), ...othersUp(job)],
    checks: firesAfter(0, figures, {
      labels,
      reads: {
        summary: 'Prometheus cannot scrape proxy-0 of anthropic-proxy: 0% of its scrapes succeed.',
        description: 'proxy-0 is down or crash-looping. Its state is unknown, and no other alert can report on it.',
      },
    }),
  },
  {
    title: 'fires for an instance that goes down after long service, and resolves when it is back',
    series: [scrapes(job, 'proxy-0', inOrder('1x59', '0x29', '1x60')), ...othersUp(job)],
    checks: [
      // The sixth failed scrape of ten is more than half of them.
      { at: minutes(66), fires: [] },
      { at: minutes(68), fires: [{ labels }] },
      { at: minutes(89), fires: [{ labels }] },
      { at: minutes(96), fires: [] },
    ],
  },
  {
    title: 'fires and goes on firing for an instance in a crash loop, although every tenth scrape works',
    series: [scrapes(job, 'proxy-0', CRASH_LOOP), scrapes(job, 'proxy-1', constant(1)), ...othersUp(job)],
    checks: [20, 29, 30, 31, 35, 49, 50, 51, 59].map((minute) => ({ at: minutes(minute), fires: [{ labels }] })),
  },
  {
    title: 'fires after its `for`, and when slightly less than half of the scrapes succeed',
    interval: '15s',
    series: [
      scrapes(job, 'proxy-0', constant(0)),
      // Of any forty scrapes in a row nineteen work.
      scrapes(job, 'proxy-1', inOrder(...Array.from({ length: 4 }, () => '1x18 0x20'))),
      ...othersUp(job),
    ],
    checks: [
      { at: figures.wait - 15, fires: [] },
      { at: figures.wait, fires: [{ labels }] },
      { at: minutes(30), fires: [{ labels }, { labels: { job, instance: 'proxy-1' } }] },
    ],
  },
  {
    title: 'is silent about what is no component of the stack',
    series: [scrapes('another', 'another-0', constant(0)), ...othersUp()],
    checks: always,
  },
  {
    title: 'is silent when one scrape fails',
    series: [scrapes(job, 'proxy-0', inOrder('1x29', '0', '1x60')), ...othersUp(job)],
    checks: always,
  },
  {
    title: 'is silent when the first scrape fails, because the pod has just started',
    series: [scrapes(job, 'proxy-0', inOrder('_x9', '0', '1x80')), ...othersUp(job)],
    checks: always,
  },
  {
    title: 'is silent when a scrape fails now and then',
    series: [scrapes(job, 'proxy-0', inOrder('1x5', '0x3', '1x5', '0x3', '1x60')), ...othersUp(job)],
    checks: always,
  },
  {
    title: 'is silent when an instance is removed on purpose, also when its last scrapes failed',
    series: [
      scrapes(job, 'proxy-0', constant(1)),
      scrapes(job, 'proxy-1', '1x10 stale'),
      scrapes(job, 'proxy-2', '1x10 0x1 stale'),
      ...othersUp(job),
    ],
    checks: always,
  },
]);
