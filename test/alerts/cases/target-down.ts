import { constant, inOrder, minutes } from '../../support/promtool.ts';
import { casesOf, firesAfter, staysSilent } from './alert-cases.ts';
import { othersUp, scrapes } from './scrapes.ts';

const job = 'anthropic-proxy';

export const targetDown = casesOf('TargetDown', (figures) => [
  {
    title: 'fires for the instance that cannot be scraped, and for no other',
    series: [scrapes(job, 'proxy-0', constant(0)), scrapes(job, 'proxy-1', constant(1)), ...othersUp(job)],
    checks: firesAfter(0, figures, {
      labels: { job, instance: 'proxy-0' },
      reads: {
        summary: 'Prometheus cannot scrape proxy-0 of anthropic-proxy.',
        description: 'What proxy-0 does is unknown, and no other alert can tell of it.',
      },
    }),
  },
  {
    title: 'is silent when a scrape fails now and then',
    series: [scrapes(job, 'proxy-0', inOrder('1x5', '0x3', '1x5', '0x3', '1x60')), ...othersUp(job)],
    checks: staysSilent(minutes(9), minutes(18), minutes(40)),
  },
  {
    title: 'is silent when an instance is taken away on purpose',
    series: [scrapes(job, 'proxy-0', constant(1)), scrapes(job, 'proxy-1', '1x10 stale'), ...othersUp(job)],
    checks: staysSilent(minutes(30)),
  },
]);
