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

/** How many requests the proxy answers. */
export const requestRate = () =>
  timeseries({
    panel: PANELS.requestRate,
    title: 'Request Rate',
    description:
      'Requests a second, in all and by whether the client asked for a stream. A fall to 0 while people work: the proxy or ' +
      'the way to it is down, see "Targets up". A sudden plateau far above the usual is a client in a loop: see ' +
      '"Requests by Status Code" for what it gets. On the right: how many of 100 requests their clients left before an answer ' +
      'began (499). Single ones are people who changed their mind; many at once: the upstream hangs, and "Time to first byte" ' +
      'shows nothing, because nothing came.',
    unit: perSecond(proxy.requests),
    queries: [
      query(sumBy(['stream'], rate(proxy.requests, RATE_INTERVAL)), 'stream={{stream}}'),
      query(sumBy([], rate(proxy.requests, RATE_INTERVAL)), 'total'),
      draw(anthropicProxySignals.clientsGoneShare, { unit: PERCENT, color: COLORS.neutral }),
    ],
    links: [
      toPanel('Lines of requests', LOGS_PANELS.linesByEvent),
      toPanel('How they end', STACK_HEALTH_PANELS.proxyOutcomes),
    ],
  });

/** What clients get. */
export const requestsByStatusCode = () =>
  timeseries({
    panel: PANELS.requestsByStatusCode,
    title: 'Requests by Status Code',
    description:
      'Requests a minute by the status code that the client got, stacked. Red (5xx) failed for their users: see "Upstream ' +
      'errors by type". Orange (429) was told to wait, and the line is for 429 alone, not for the stack: see "Rate-limited ' +
      'share (429)". Grey (499) left before the head, which is nobody’s error.',
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

/** How many requests there were. */
export const totalRequests = () =>
  stat({
    panel: PANELS.totalRequests,
    title: 'Total Requests',
    description:
      'Requests in the time range shown above, those of clients that left included. It tells how much a share below rests on: five percent of twenty ' +
      'requests is one request.',
    unit: unitOf(proxy.requests),
    color: COLORS.inward,
    decimals: 0,
    queries: [query(sumBy([], increase(proxy.requests, RANGE)), 'requests')],
    links: [
      toPanel('By credential', LOGS_PANELS.requestsByCredential),
      toPanel('By model', LOGS_PANELS.requestsByModel),
    ],
  });

/** Whether everything can be scraped. */
export const targetsUp = () =>
  timeseries({
    panel: PANELS.targetsUp,
    title: 'Targets up',
    description:
      'Targets that Prometheus can scrape: 1 for each that is up, and their number by job. A target at 0 is down or cut off, ' +
      'and all its other panels show gaps, not zeros; one that jumps between 0 and 1 crashes and starts again. Look at its pod first, then at the error of the scrape in Prometheus ' +
      'under Status, Target health. A job at 0 serves nobody.',
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
