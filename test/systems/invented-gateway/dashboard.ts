import {
  countOf,
  dashboard,
  draw,
  HALF,
  PERCENT,
  PROMETHEUS,
  row,
  span,
  targetVariables,
  timeseries,
} from '#dashboards';
import { metrics, PANELS } from './catalog.ts';
import { failedShare, queue } from './signals.ts';

const failed = () =>
  timeseries({
    panel: PANELS.failedShare,
    title: 'Failed calls',
    description: 'Failed calls per 100 calls. A rise without a longer queue is the provider behind the gateway.',
    unit: PERCENT,
    queries: [draw(failedShare)],
  });

const waiting = () =>
  timeseries({
    panel: PANELS.queue,
    title: 'Queue',
    description: 'Calls that wait for a model. A steady climb means that models answer more slowly than calls arrive.',
    unit: countOf('calls'),
    queries: [draw(queue)],
  });

/** The dashboard of Harbor. */
export const harborDashboard = dashboard({
  uid: 'harbor',
  title: 'Harbor gateway',
  description: 'Whether Harbor answers its calls, and whether they have to wait.',
  tags: ['harbor'],
  datasources: [PROMETHEUS],
  variables: targetVariables([metrics.calls]),
  rows: [row('Calls', [span(HALF, failed()), span(HALF, waiting())])],
});
