import { STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
import { gt, sub, value } from '#promql';
import { alert, group, EVENT_WAIT, eventsPerMinute } from '../house/index.ts';

/** Whether samples reach the targets of remote_write; without any there are no series and no alerts. */
export const remoteWrite = group('remote-write', [
  alert({
    name: 'RemoteWriteBehind',
    severity: 'ticket',
    wait: '15m',
    threshold: {
      value: 300,
      unit: 'seconds',
      because: 'a target that restarts is caught up with in less than minutes',
    },
    panel: PANELS.remoteWrite,
    expr: (threshold) => gt(sub(value(prometheus.remoteNewest), value(prometheus.remoteNewestSent)), threshold),
    summary: ({ instance, remote_name }) => `${instance} falls behind with sending samples to ${remote_name}.`,
    description: ({ url, threshold }) =>
      `What ${url} has is more than ${threshold} s old. After two hours without success samples are lost there.`,
    action: 'See whether the target answers and how slowly; if it does, whether all senders are at work.',
  }),
  alert({
    name: 'RemoteWriteFailing',
    severity: 'ticket',
    wait: EVENT_WAIT,
    threshold: { value: 0, unit: 'perMinute', because: 'what a target refuses for good is never sent again' },
    panel: PANELS.remoteWriteErrors,
    series: 'refused by {remote_name}',
    expr: (threshold) => gt(eventsPerMinute(prometheus.remoteFailed), threshold),
    summary: ({ instance, remote_name }) => `${remote_name} refuses samples of ${instance}.`,
    description: ({ url, value }) => `${value.fixed(0)} samples a minute are refused by ${url} and lost there.`,
    action: 'Read the answer of the target in the log: a limit, a wrong tenant, or samples that are too old.',
  }),
]);
