import { STACK_HEALTH_PANELS as PANELS } from '#catalog';
import { stackSignals as signals } from '#signals';
import { alert, EVENT_FOR, group } from '../house/index.ts';

/** Whether samples reach the targets of remote_write; without any there are no series and no alerts. */
export const remoteWrite = group('remote-write', [
  alert({
    name: 'RemoteWriteBehind',
    severity: 'ticket',
    for: '15m',
    signal: signals.remoteWriteDelay,
    threshold: { value: 300, because: 'after a restart of the target, Prometheus catches up within less than that' },
    panel: PANELS.remoteWrite,
    summary: ({ instance, remote_name }) => `${instance} falls behind sending samples to ${remote_name}.`,
    description: ({ url, threshold }) =>
      `The newest sample sent to ${url} is more than ${threshold} s behind. After two hours without success samples are lost there.`,
    action: 'Check whether the target answers and how slowly; if it does, whether all shards are sending.',
  }),
  alert({
    name: 'RemoteWriteFailing',
    severity: 'ticket',
    for: EVENT_FOR,
    signal: signals.remoteWriteFailures,
    threshold: { value: 0, because: 'samples that a target rejects for good are never sent again' },
    panel: PANELS.remoteWriteErrors,
    summary: ({ instance, remote_name }) => `${remote_name} rejects samples from ${instance}.`,
    description: ({ url, value }) => `${url} rejects ${value.fixed(0)} samples per minute, which are lost there.`,
    action: 'Read the target’s answer in the log: a limit, a wrong tenant, or samples that are too old.',
  }),
]);
