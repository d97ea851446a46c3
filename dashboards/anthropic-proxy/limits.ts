import { DASHBOARD_UIDS, LOGS_PANELS, ANTHROPIC_PROXY_PANELS as PANELS, proxy } from '#catalog';
import { RATE_INTERVAL, rate, sumBy } from '#promql';
import { rates, anthropicProxySignals as signals } from '#signals';
import {
  COLORS,
  countOf,
  draw,
  onlyThis,
  PERCENT,
  perHour,
  perMinute,
  query,
  timeseries,
  toPanel,
} from '../house/index.ts';

/** How much of the per-minute limits of API keys is used. */
export const keyLimits = () =>
  timeseries({
    panel: PANELS.keyLimits,
    title: 'Key limits',
    description:
      'How much of the per-minute limits of API keys is used: the fullest of each kind, and each key above 50%. At 100% the ' +
      'upstream answers 429 until the minute has passed. input_tokens near its limit: prompts are long or not cached; ' +
      'output_tokens: lower max_tokens; requests: clients retry too fast. Keys of one organization share its limits. Empty ' +
      'where only subscriptions are used: they have windows instead.',
    unit: PERCENT,
    softMax: 100,
    queries: [
      draw(signals.keyLimitUsed, { drill: onlyThis('credential', DASHBOARD_UIDS.anthropicProxy) }),
      query(signals.fullestKeyLimits(), 'fullest: {{kind}}', { color: COLORS.neutral }),
    ],
    links: [
      toPanel('Rate-limited share', PANELS.rateLimitedShare),
      toPanel('429s in the logs', LOGS_PANELS.rateLimits),
    ],
    noValue: 'No API key',
  });

/** What the proxy itself refuses. */
export const refusals = () =>
  timeseries({
    panel: PANELS.refusals,
    title: 'Refused by the proxy',
    description:
      'Requests per minute that the proxy answered itself instead of forwarding them, by reason, stacked. A few not_found are ' +
      'clients that try other endpoints. no_credential: see "Credential state". forbidden: a foreign Host or Origin, or a key ' +
      'that may not use the proxy. overloaded: more requests at once than it takes. shutting_down: a rollout that lasts too long.',
    unit: perMinute(proxy.refusals),
    draws: 'stacked bars',
    queries: [query(sumBy(['reason'], rates.eventsPerMinute(proxy.refusals, RATE_INTERVAL)), '{{reason}}')],
    links: [
      toPanel('Requests by status code', PANELS.requestsByStatusCode),
      toPanel('Refusals in the logs', LOGS_PANELS.linesByEvent),
    ],
  });

/** What the other panels do not show. */
export const uncounted = () =>
  timeseries({
    panel: PANELS.uncounted,
    title: 'What is not counted',
    description:
      'What the other panels miss; all of it is 0 usually. Per hour: successful answers whose usage could not be read, so that ' +
      'tokens and cost lack them (a new format of the upstream, or streams that break off), and log lines that nobody read from ' +
      'standard output. On the right: accounts whose windows are not tracked, because there are more than the configured maximum.',
    unit: perHour(proxy.usageUnknown),
    queries: [
      query(rates.perHour(sumBy([], rate(proxy.usageUnknown, RATE_INTERVAL))), 'answers without usage'),
      query(rates.perHour(sumBy([], rate(proxy.logLinesDropped, RATE_INTERVAL))), 'log lines dropped'),
      draw(signals.accountsUntracked, { unit: countOf('accounts'), color: COLORS.neutral }),
    ],
    links: [toPanel('Cost', PANELS.cost), toPanel('Utilization', PANELS.utilizationOverTime)],
  });
