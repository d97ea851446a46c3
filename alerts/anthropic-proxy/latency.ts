import { ALERT_RANGE, ANTHROPIC_PROXY_PANELS, OBJECTIVES } from '#catalog';
import { and, gt } from '#promql';
import { anthropicProxySignals as signals } from '#signals';
import { alert, group } from '../house/index.ts';

/** How long clients wait: for the whole answer, for its first byte, and when they no longer do. */
export const latency = group('latency', [
  alert({
    name: 'AnthropicProxyRequestLatencyHigh',
    severity: 'ticket',
    for: '10m',
    signal: signals.requestLatency,
    threshold: OBJECTIVES.requestDurationMs,
    panel: ANTHROPIC_PROXY_PANELS.requestLatency,
    where: (slow) => and(slow, gt(signals.requestsMeasured(), OBJECTIVES.trafficFloor.value)),
    links: ['job'],
    summary: ({ job, stream, value }) =>
      `Requests of ${job} with stream=${stream} take ${value.humanizeMilliseconds} at the 95th percentile.`,
    description: ({ threshold }) =>
      `More than five of 100 requests take longer than ${threshold} ms from the request’s first byte to the answer’s last.`,
    action:
      'Compare with the time to first byte: late as well means the upstream or the way to it, early means long answers.',
  }),
  alert({
    name: 'AnthropicProxyFirstByteLatencyHigh',
    severity: 'ticket',
    for: '10m',
    signal: signals.firstByteLatency,
    threshold: OBJECTIVES.timeToFirstByteSeconds,
    panel: ANTHROPIC_PROXY_PANELS.timeToFirstByte,
    where: (slow) => and(slow, gt(signals.streamsMeasured(), OBJECTIVES.trafficFloor.value)),
    links: ['job'],
    summary: ({ job, value }) =>
      `Streams of ${job} wait ${value.fixed(1)} s for their first byte at the 95th percentile.`,
    description: ({ threshold }) =>
      `More than five of 100 streams wait longer than ${threshold} s until the answer begins.`,
    action: 'Check the proxy’s own overhead first, then the upstream’s status page and its errors by type.',
  }),
  alert({
    name: 'AnthropicProxyClientsLeavingBeforeAnswer',
    severity: 'ticket',
    for: '10m',
    signal: signals.clientsGoneShare,
    threshold: {
      value: 20,
      because: 'people leave when nothing comes, and one in five is no longer impatience',
    },
    panel: ANTHROPIC_PROXY_PANELS.requestRate,
    where: (share) => and(share, signals.busy(signals.requests(ALERT_RANGE))),
    links: ['job'],
    summary: ({ job, value }) => `Clients of ${job} leave ${value.fixed(0)} of 100 requests before the answer begins.`,
    description: ({ threshold }) =>
      `More than ${threshold} % of all requests end with 499, the client gone before the answer’s head: the upstream or the way to it may hang. This is no alert on errors: those leave 499 out.`,
    action: 'Ask the upstream yourself, past the proxy; then compare its status page, timeouts, and what clients run.',
  }),
]);
