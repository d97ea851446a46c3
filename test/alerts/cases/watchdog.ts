import { hours } from '../../support/promtool.ts';
import { casesOf } from './alert-cases.ts';
import { othersUp } from './scrapes.ts';

const reads = {
  summary: 'Alerting works.',
  description: 'Always fires. Its receiver should raise the alarm when it stops arriving.',
};

export const watchdog = casesOf('Watchdog', () => [
  {
    title: 'fires at once and always',
    series: othersUp(),
    checks: [
      { at: 0, fires: [{ labels: {}, reads }] },
      { at: hours(2), fires: [{ labels: {}, reads }] },
    ],
  },
  { title: 'fires when nothing is scraped at all', series: [], checks: [{ at: 60, fires: [{ labels: {}, reads }] }] },
]);
