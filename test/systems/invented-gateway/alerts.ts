import { alert, group } from '#alerts';
import { and, gt } from '#promql';
import { PANELS } from './catalog.ts';
import { calls, failedShare, queue } from './signals.ts';

/** Calls per second from which a share of them means something. */
const TRAFFIC_FLOOR = 0.02;

/** The alerts of Harbor. */
export const harborAlerts = [
  group('harbor', [
    alert({
      name: 'HarborFailedShareHigh',
      severity: 'page',
      for: '5m',
      signal: failedShare,
      threshold: { value: 5, because: 'one call in twenty fails for its user' },
      where: (share) => and(share, gt(calls('5m'), TRAFFIC_FLOOR)),
      panel: PANELS.failedShare,
      links: ['job'],
      summary: ({ job, value }) => `${job} fails ${value.fixed(1)} % of its calls.`,
      description: ({ threshold }) => `More than ${threshold} % of the calls fail.`,
      action: 'Look at the status page of the provider behind the gateway, then at the log of the gateway.',
    }),
    alert({
      name: 'HarborQueueLong',
      severity: 'ticket',
      for: '15m',
      signal: queue,
      threshold: {
        value: 50,
        because: 'the gateway works on ten calls at once, so the last of fifty waits for minutes',
      },
      panel: PANELS.queue,
      links: ['job'],
      summary: ({ job, value }) => `${value.fixed(0)} calls of ${job} are waiting.`,
      description: ({ threshold }) => `More than ${threshold} calls wait for a model.`,
      action: 'Add replicas of the gateway, or find the client that sends more than usual.',
    }),
  ]),
] as const;
