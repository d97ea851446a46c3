import { foreign } from '../metric.ts';

const own = foreign();

/** Series that Prometheus writes about its own work. */
export const prometheus = {
  up: own.gauge({
    name: 'up',
    help: 'Whether the last scrape of a target worked.',
    unit: 'state',
    scope: 'instance',
  }),
} as const;
