import { LOGS_PANELS, nodeProcess, STACK_HEALTH_PANELS as PANELS, proxy } from '#catalog';
import { maxBy, not, RATE_INTERVAL, rate, sumBy, value } from '#promql';
// biome-ignore format: one list of house words
import {
  COLORS, OUTCOME_COLORS, perHour, perMinute, perSecond, query, timeseries, toPanel, unitOf,
} from '../house/index.ts';
import { eventsPerHour, eventsPerMinute } from './rates.ts';

/** How requests end. */
export const proxyOutcomes = () =>
  timeseries({
    panel: PANELS.proxyOutcomes,
    title: 'How requests end',
    description:
      'Requests a second by how they ended; usually nearly all finish. client_gone_…: the client left, which costs tokens all ' +
      'the same. upstream_error_mid_stream: the answer broke off, see "Upstream errors by type". rejected: the proxy itself said ' +
      'no, because of a wrong key or too large a body. shutdown: a stream was cut because draining took longer than its grace.',
    unit: perSecond(proxy.outcomes),
    draws: 'stacked bars',
    colors: OUTCOME_COLORS,
    legend: 'beside',
    queries: [query(sumBy(['outcome'], rate(proxy.outcomes, RATE_INTERVAL)), '{{outcome}}')],
    links: [toPanel('Lines of requests', LOGS_PANELS.requestsByModel)],
  });

/** How many requests are being answered. */
export const proxyInFlight = () =>
  timeseries({
    panel: PANELS.proxyInFlight,
    title: 'Requests in flight',
    description:
      'Requests that are being answered at this moment, by pod. It follows the request rate times the latency; an even share ' +
      'among the pods is normal. A climb without more requests: the upstream hangs, see "Time to first byte". One pod alone far ' +
      'above the others: its clients keep their connections; restart it, it drains first. Autoscaling goes by this figure.',
    unit: unitOf(proxy.requestsInFlight),
    decimals: 0,
    queries: [
      query(sumBy(['instance'], value(proxy.requestsInFlight)), '{{instance}}'),
      query(sumBy([], value(proxy.requestsInFlight)), 'total', { color: COLORS.neutral }),
    ],
  });

/** What becomes of the records of usage. */
export const proxyRecords = () =>
  timeseries({
    panel: PANELS.proxyRecords,
    title: 'Usage records and abandoned streams',
    description:
      'A minute: usage records by what became of them, and streams that the proxy read on after their client had left, so that ' +
      'their tokens are counted. Normal: every record is written, most abandoned streams are complete. dropped: the store of ' +
      'records is away or too slow, and what is dropped is missing from reports for good; look at its database. cut_short: its ' +
      'tokens are an estimate from below.',
    unit: perMinute(proxy.usageRecords),
    colors: [
      { matches: '/dropped$/', color: COLORS.page },
      { matches: '/cut_short$/', color: COLORS.ticket },
    ],
    queries: [
      query(sumBy(['result'], eventsPerMinute(proxy.usageRecords)), 'record: {{result}}'),
      query(sumBy(['result'], eventsPerMinute(proxy.drains)), 'abandoned stream: {{result}}'),
    ],
  });

/** Which label values are folded. */
export const proxyFolded = () =>
  timeseries({
    panel: PANELS.proxyFolded,
    title: 'Label values folded',
    description:
      'Values of labels that were counted under "other" or left out, an hour, because no list names them or their number has ' +
      'reached its cap. Normal: 0. model: a model without an entry in the price table, so its cost is missing; add it. ' +
      'credential or window: more of them than the cap allows. status_code or error_type: the upstream answers something new; ' +
      'its log lines say what.',
    unit: perHour(proxy.labelsFolded),
    queries: [query(sumBy(['label'], eventsPerHour(proxy.labelsFolded)), '{{label}}')],
    links: [toPanel('Upstream errors in the logs', LOGS_PANELS.upstreamErrors)],
  });

/** How fresh the figures of the windows are. */
export const proxyPolls = () =>
  timeseries({
    panel: PANELS.proxyPolls,
    title: 'Polls of usage, and the age of its figures',
    description:
      'Polls of the upstream’s usage endpoint an hour, by how they ended, and on the right the age of the oldest utilization ' +
      'that is still in use. Answers bring fresh figures as well, so without polls nothing is wrong while requests flow. Polls ' +
      'that are forbidden: the credential may not ask; rate_limited: poll less often. An age that grows for hours: nothing uses ' +
      'that credential, or the upstream no longer reports it, and "Utilization Over Time" is a memory.',
    unit: perHour(proxy.polls),
    colors: [
      { matches: '/^ok$/', color: COLORS.good },
      { matches: '/^(forbidden|error)$/', color: COLORS.page },
      { matches: '/^rate_limited$/', color: COLORS.ticket },
    ],
    queries: [
      query(sumBy(['result'], eventsPerHour(proxy.polls)), '{{result}}'),
      query(maxBy([], value(proxy.usageAge, { source: not('elapsed') })), 'age of the oldest figure', {
        unit: unitOf(proxy.usageAge),
        color: COLORS.neutral,
      }),
    ],
    links: [toPanel('Failed polls in the logs', LOGS_PANELS.linesByEvent)],
    noValue: 'No polls and no window known: they come with the first answers',
  });

/** Whether the proxy's event loop keeps up. */
export const proxyEventLoop = () =>
  timeseries({
    panel: PANELS.proxyEventLoop,
    title: 'Event loop delay of the proxy',
    description:
      'How late the proxy’s one thread gets to what is due, by pod: the mean and the 99th percentile since the last scrape. ' +
      'Normal: about 10 ms, which is the timer’s own resolution. Above 50 ms every stream stutters: the pod lacks CPU, see "CPU", ' +
      'or carries too much; add a replica.',
    unit: unitOf(nodeProcess.eventLoopLagP99),
    queries: [
      query(value(nodeProcess.eventLoopLagP99), 'p99 {{instance}}'),
      query(value(nodeProcess.eventLoopLagMean), 'mean {{instance}}'),
    ],
  });
