import { constant, minutes } from '../../support/promtool.ts';
import { casesOf, firesAfter, staysSilent } from './alert-cases.ts';
import { othersUp, scrapes } from './scrapes.ts';

const job = 'anthropic-proxy';

export const allTargetsDown = casesOf('AllTargetsDown', (figures) => [
  {
    title: 'fires once when every instance of a component is down',
    series: [scrapes(job, 'proxy-0', constant(0)), scrapes(job, 'proxy-1', constant(0)), ...othersUp(job)],
    checks: firesAfter(0, figures, {
      labels: { job },
      reads: {
        summary: 'No instance of anthropic-proxy can be scraped.',
        description: 'All instances of anthropic-proxy are down, or there are none.',
      },
    }),
  },
  {
    title: 'fires for each component of which nothing is known',
    series: othersUp('grafana', 'alertmanager'),
    checks: firesAfter(0, figures, { labels: { job: 'grafana' } }, { labels: { job: 'alertmanager' } }),
  },
  {
    title: 'is silent while one instance can be scraped',
    series: [scrapes(job, 'proxy-0', constant(0)), scrapes(job, 'proxy-1', constant(1)), ...othersUp(job)],
    checks: staysSilent(minutes(30)),
  },
]);
