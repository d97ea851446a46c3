import { constant, inOrder, minutes } from '../../support/promtool.ts';
import { casesOf, firesAfter, staysSilent } from './alert-cases.ts';
import { CRASH_LOOP, othersUp, scrapes } from './scrapes.ts';

const job = 'anthropic-proxy';

export const allTargetsDown = casesOf('AllTargetsDown', (figures) => [
  {
    title: 'fires once when every instance of a component is down',
    series: [scrapes(job, 'proxy-0', constant(0)), scrapes(job, 'proxy-1', constant(0)), ...othersUp(job)],
    checks: firesAfter(0, figures, {
      labels: { job },
      reads: {
        summary: 'No instance of anthropic-proxy can be scraped.',
        description: 'All instances of anthropic-proxy are down or crash again and again, or there are none.',
      },
    }),
  },
  {
    title: 'fires for each component of which nothing is known',
    series: othersUp('grafana', 'alertmanager'),
    checks: firesAfter(0, figures, { labels: { job: 'grafana' } }, { labels: { job: 'alertmanager' } }),
  },
  {
    title: 'fires when every instance goes down after long service, and resolves when one is back',
    series: [
      scrapes(job, 'proxy-0', inOrder('1x59', '0x90')),
      scrapes(job, 'proxy-1', inOrder('1x59', '0x29', '1x60')),
      ...othersUp(job),
    ],
    checks: [
      { at: minutes(63), fires: [] },
      { at: minutes(65), fires: [{ labels: { job } }] },
      { at: minutes(89), fires: [{ labels: { job } }] },
      { at: minutes(94), fires: [] },
    ],
  },
  {
    title: 'fires and goes on firing when the only instance is in a crash loop',
    series: [scrapes(job, 'proxy-0', CRASH_LOOP), ...othersUp(job)],
    checks: [20, 29, 30, 31, 35, 49, 50, 51, 59].map((minute) => ({
      at: minutes(minute),
      fires: [{ labels: { job } }],
    })),
  },
  {
    title: 'fires when the last instance is gone, but not while it is replaced',
    series: [scrapes(job, 'proxy-0', '1x10 stale'), scrapes(job, 'proxy-1', '_x13 0 1x30 stale'), ...othersUp(job)],
    checks: [
      ...staysSilent(...Array.from({ length: 50 }, (_, minute) => minutes(minute))),
      { at: minutes(54), fires: [{ labels: { job } }] },
    ],
  },
  {
    title: 'is silent when one scrape of the only instance fails, or its first',
    series: [
      scrapes(job, 'proxy-0', inOrder('0', '1x28', '0', '1x60')),
      scrapes('grafana', 'grafana-0', inOrder('1x29', '0', '1x60')),
      ...othersUp(job, 'grafana'),
    ],
    checks: staysSilent(...Array.from({ length: 60 }, (_, minute) => minutes(minute))),
  },
  {
    title: 'is silent while one instance can be scraped',
    series: [scrapes(job, 'proxy-0', constant(0)), scrapes(job, 'proxy-1', constant(1)), ...othersUp(job)],
    checks: staysSilent(minutes(30)),
  },
]);
