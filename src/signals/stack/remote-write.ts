import { prometheus } from '#catalog';
import { sub, value } from '#promql';
import { EVENT_RANGE, eventsPerMinute } from '../rates.ts';
import { signal } from '../signal.ts';

/** How far each remote_write target is behind what Prometheus has stored. */
export const remoteWriteDelay = signal({
  id: 'prometheus/remote-write-delay',
  measure: () => sub(value(prometheus.remoteNewest), value(prometheus.remoteNewestSent)),
  unit: 'seconds',
  legend: '{{remote_name}} {{instance}}',
});

/** Samples that a remote_write target rejects for good, per minute. */
export const remoteWriteFailures = signal({
  id: 'prometheus/remote-write-failures',
  measure: (window) => eventsPerMinute(prometheus.remoteFailed, window),
  unit: 'perMinute',
  legend: 'rejected by {{remote_name}} from {{instance}}',
  range: EVENT_RANGE,
});
