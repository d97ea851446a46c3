import { LOGS_PANELS, ANTHROPIC_PROXY_PANELS as PANELS, prometheus, proxy, STACK_HEALTH_PANELS } from '#catalog';
import { increase, RANGE, RATE_INTERVAL, rate, sumBy, value } from '#promql';
import { anthropicProxySignals, rates, stackSignals } from '#signals';
import {
  COLORS,
  countOf,
  draw,
  PERCENT,
  perMinute,
  perSecond,
  query,
  STATUS_COLORS,
  stat,
  timeseries,
  toPanel,
  unitOf,
} from '../house/index.ts';

/** How many requests the proxy receives. */
export const requestRate = () =>
  timeseries({
    panel: PANELS.requestRate,
    title: 'Request Rate',
    description:
      'Requests per second, in total and by whether the client asked for a stream. A drop to 0 during working hours: the ' +
      'proxy or the network path to it is down, see "Targets up". A sudden plateau far above normal: a client retries in a ' +
      'loop; "Requests by Status Code" shows what it gets. On the right: the share of requests whose clients disconnected ' +
      'before the response began (499). A few are users who cancel; many at once: the upstream hangs, and "Time to first ' +
      'byte" shows nothing because no byte arrives.',
    unit: perSecond(proxy.requests),
    queries: [
      query(sumBy(['stream'], rate(proxy.requests, RATE_INTERVAL)), 'stream={{stream}}'),
      query(sumBy([], rate(proxy.requests, RATE_INTERVAL)), 'total'),
      draw(anthropicProxySignals.clientsGoneShare, { unit: PERCENT, color: COLORS.neutral }),
    ],
    links: [
      toPanel('Requests in the logs', LOGS_PANELS.linesByEvent),
      toPanel('Request outcomes', STACK_HEALTH_PANELS.proxyOutcomes),
    ],
  });

/** The status codes that clients get. */
export const requestsByStatusCode = () =>
  timeseries({
    panel: PANELS.requestsByStatusCode,
    title: 'Requests by Status Code',
    description:
      'Requests per minute by the status code that the client got, stacked. Red (5xx) failed: see "Upstream errors by type". ' +
      'Orange (429) was rate-limited; the threshold applies to 429s only, not to the stack: see "Rate-limited share (429)". ' +
      'Grey (499): the client disconnected before the response headers, which is no error.',
    unit: perMinute(proxy.requests),
    draws: 'stacked bars',
    colors: STATUS_COLORS,
    legend: 'beside',
    queries: [
      query(rates.perMinute(sumBy(['status_code'], rate(proxy.requests, RATE_INTERVAL))), '{{status_code}}', {
        signal: anthropicProxySignals.rateLimitedRate,
      }),
    ],
    links: [toPanel('Errors', PANELS.errorRate), toPanel('Errors in the logs', LOGS_PANELS.upstreamErrors)],
  });

/** How many requests there were in the time range. */
export const totalRequests = () =>
  stat({
    panel: PANELS.totalRequests,
    title: 'Total Requests',
    description:
      'Requests within the selected time range, including those whose clients disconnected. It shows how meaningful a share ' +
      'is: 5% of twenty requests is a single request.',
    unit: unitOf(proxy.requests),
    color: COLORS.inward,
    decimals: 0,
    queries: [query(sumBy([], increase(proxy.requests, RANGE)), 'requests')],
    links: [
      toPanel('By credential', LOGS_PANELS.requestsByCredential),
      toPanel('By model', LOGS_PANELS.requestsByModel),
    ],
  });

/** Whether every target can be scraped. */
export const targetsUp = () =>
  timeseries({
    panel: PANELS.targetsUp,
    title: 'Targets up',
    description:
      'What Prometheus can scrape: 1 for each target that is up, and the number of targets that are up by job. A target at 0 ' +
      'is down or cut off, and its other panels show gaps, not zeros; one that flips between 0 and 1 is crash-looping. Check ' +
      'its pod first, then the error of its scrape in Prometheus under Status, Target health. A job at 0 serves nobody.',
    unit: countOf('targets'),
    decimals: 0,
    queries: [
      query(value(prometheus.up), '{{job}} {{instance}}'),
      query(sumBy(['job'], value(prometheus.up)), '{{job}}: all', { signal: stackSignals.componentUp }),
    ],
    links: [
      toPanel('Starts and stops in the logs', LOGS_PANELS.lifecycle),
      toPanel('All components', STACK_HEALTH_PANELS.componentsUp),
    ],
  });
