import { LOGS_PANELS, nodeProcess, STACK_HEALTH_PANELS as PANELS, proxy } from '#catalog';
import { maxBy, not, RATE_INTERVAL, rate, sumBy, value } from '#promql';
import { anthropicProxySignals, rates } from '#signals';
import {
  COLORS,
  OUTCOME_COLORS,
  perHour,
  perMinute,
  perSecond,
  query,
  timeseries,
  toPanel,
  unitOf,
} from '../house/index.ts';

/** How requests end. */
export const proxyOutcomes = () =>
  timeseries({
    panel: PANELS.proxyOutcomes,
    title: 'Request outcomes',
    description:
      'Requests per second by outcome; usually nearly all finish. client_gone_…: the client disconnected, which costs tokens all ' +
      'the same. upstream_error_mid_stream: the response broke off, see "Upstream errors by type". rejected: the proxy itself ' +
      'rejected the request, for a wrong key or too large a body. shutdown: a stream was cut because draining exceeded its grace period.',
    unit: perSecond(proxy.outcomes),
    draws: 'stacked bars',
    colors: OUTCOME_COLORS,
    legend: 'beside',
    queries: [query(sumBy(['outcome'], rate(proxy.outcomes, RATE_INTERVAL)), '{{outcome}}')],
    links: [toPanel('Requests in the logs', LOGS_PANELS.requestsByModel)],
  });

/** How many requests are being served. */
export const proxyInFlight = () =>
  timeseries({
    panel: PANELS.proxyInFlight,
    title: 'Requests in flight',
    description:
      'Requests being served at this moment, by pod. The number follows the request rate times the latency; an even share ' +
      'among the pods is normal. A climb without more requests: the upstream hangs, see "Time to first byte". One pod far above ' +
      'the others: its clients keep their connections open; restart it, it drains first. Autoscaling uses this number.',
    unit: unitOf(proxy.requestsInFlight),
    decimals: 0,
    queries: [
      query(sumBy(['instance'], value(proxy.requestsInFlight)), '{{instance}}'),
      query(sumBy([], value(proxy.requestsInFlight)), 'total', { color: COLORS.neutral }),
    ],
  });

/** What becomes of the usage records. */
export const proxyRecords = () =>
  timeseries({
    panel: PANELS.proxyRecords,
    title: 'Usage records and abandoned streams',
    description:
      'Per minute: usage records by result, and streams that the proxy kept reading after their client had left, so that their ' +
      'tokens are counted. Normal: every record is written, most abandoned streams are complete. dropped: the record store is ' +
      'down or too slow, and reports lack these records for good; check its database. cut_short: the token count is a lower bound.',
    unit: perMinute(proxy.usageRecords),
    colors: [
      { matches: '/dropped$/', color: COLORS.page },
      { matches: '/cut_short$/', color: COLORS.ticket },
    ],
    queries: [
      query(sumBy(['result'], rates.eventsPerMinute(proxy.usageRecords, RATE_INTERVAL)), 'record: {{result}}'),
      query(sumBy(['result'], rates.eventsPerMinute(proxy.drains, RATE_INTERVAL)), 'abandoned stream: {{result}}'),
    ],
  });

/** Which label values are folded. */
export const proxyFolded = () =>
  timeseries({
    panel: PANELS.proxyFolded,
    title: 'Label values folded',
    description:
      'Label values that were counted as "other" or left out, per hour, because no list contains them or their number has ' +
      'reached its cap. Normal: 0. model: a model without an entry in the price table, so its cost is missing; add it. ' +
      'credential or window: more of them than the cap allows. status_code or error_type: the upstream returns something new; ' +
      'its log lines say what.',
    unit: perHour(proxy.labelsFolded),
    queries: [
      query(rates.perHour(sumBy(['label'], rate(proxy.labelsFolded, RATE_INTERVAL))), '{{label}}', {
        signal: anthropicProxySignals.labelsFolded,
      }),
    ],
    links: [toPanel('Upstream errors in the logs', LOGS_PANELS.upstreamErrors)],
  });

/** How fresh the utilization data is. */
export const proxyPolls = () =>
  timeseries({
    panel: PANELS.proxyPolls,
    title: 'Usage polls and age of utilization',
    description:
      'Polls of the upstream’s usage endpoint per hour, by result, and on the right the age of the oldest utilization that is ' +
      'still in use. Responses update it as well, so without polls nothing is wrong while requests flow. forbidden: the ' +
      'credential may not poll; rate_limited: poll less often. An age that grows for hours: nothing uses that credential, or the ' +
      'upstream no longer reports it, and "Utilization Over Time" is out of date.',
    unit: perHour(proxy.polls),
    colors: [
      { matches: '/^ok$/', color: COLORS.good },
      { matches: '/^(forbidden|error)$/', color: COLORS.page },
      { matches: '/^rate_limited$/', color: COLORS.ticket },
    ],
    queries: [
      query(rates.perHour(sumBy(['result'], rate(proxy.polls, RATE_INTERVAL))), '{{result}}'),
      query(maxBy([], value(proxy.usageAge, { source: not('elapsed') })), 'age of the oldest utilization', {
        unit: unitOf(proxy.usageAge),
        color: COLORS.neutral,
      }),
    ],
    links: [toPanel('Failed polls in the logs', LOGS_PANELS.linesByEvent)],
    noValue: 'No polls and no known window yet: they come with the first responses',
  });

/** Whether the proxy's event loop keeps up. */
export const proxyEventLoop = () =>
  timeseries({
    panel: PANELS.proxyEventLoop,
    title: 'Event loop delay',
    description:
      'How late the proxy’s single thread runs what is due, by pod: the mean and the 99th percentile since the last scrape. ' +
      'Normal: about 10 ms, which is the timer’s own resolution. Above 50 ms every stream stutters: the pod lacks CPU, see "CPU", ' +
      'or serves too much; add a replica.',
    unit: unitOf(nodeProcess.eventLoopLagP99),
    queries: [
      query(value(nodeProcess.eventLoopLagP99), 'p99 {{instance}}'),
      query(value(nodeProcess.eventLoopLagMean), 'mean {{instance}}'),
    ],
  });
