import { ALERT_RANGE, ANTHROPIC_PROXY_PANELS, OBJECTIVES } from '#catalog';
import { and, gt } from '#promql';
import { anthropicProxySignals as signals } from '#signals';
import { alert, group } from '../house/index.ts';

/** How long clients wait: for the complete response, for its first byte, and whether they give up. */
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
      `The p95 request duration of ${job} is ${value.humanizeMilliseconds} for stream=${stream}.`,
    description: ({ threshold }) =>
      `More than 5% of requests take longer than ${threshold} ms, from the first byte of the request to the last byte of the response.`,
    action:
      'Compare it with the time to first byte. If that is high too, the upstream or the network path to it is slow; otherwise the responses are long.',
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
    summary: ({ job, value }) => `The p95 time to first byte of streams of ${job} is ${value.fixed(1)} s.`,
    description: ({ threshold }) =>
      `More than 5% of streams wait longer than ${threshold} s for the first byte of the response.`,
    action: 'Check the proxy’s own overhead first, then the upstream’s status page and the upstream errors by type.',
  }),
  alert({
    name: 'AnthropicProxyClientsLeavingBeforeAnswer',
    severity: 'ticket',
    for: '10m',
    signal: signals.clientsGoneShare,
    threshold: {
      value: 20,
      because: 'clients disconnect when no response comes; one in five is more than impatience',
    },
    panel: ANTHROPIC_PROXY_PANELS.requestRate,
    where: (share) => and(share, signals.busy(signals.requests(ALERT_RANGE))),
    links: ['job'],
    summary: ({ job, value }) =>
      `${value.fixed(0)}% of the requests to ${job} are abandoned before the response begins.`,
    description: ({ threshold }) =>
      `More than ${threshold}% of all requests end with 499: the client disconnected before the response headers. The upstream or the network path to it may hang. Alerts on errors do not count 499s.`,
    action:
      'Send a request to the upstream directly, bypassing the proxy; then check its status page, the timeouts, and what the clients run.',
  }),
]);
