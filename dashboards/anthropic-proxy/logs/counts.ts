import { DASHBOARD_UIDS, LOG_EVENTS, LOGS_PANELS as PANELS, ANTHROPIC_PROXY_PANELS as PROXY_PANELS } from '#catalog';
import { AUTO, countOverTime, sumBy, where } from '#logql';
import { countOf, LEVEL_COLORS, logSeries, onlyThisOfLines, timeseries, toPanel } from '../../house/index.ts';
import { CREDENTIAL_AND_MODEL, chosenLines, linesOf } from './chosen.ts';

const requests = () => countOverTime(where(linesOf(LOG_EVENTS.requestFinished), CREDENTIAL_AND_MODEL), AUTO);

/** How many lines there are, by level. */
export const linesByLevel = () =>
  timeseries({
    panel: PANELS.linesByLevel,
    title: 'Lines by level',
    description:
      'Lines in each interval of the graph, by level. Normal: info, with occasional warnings. error: the upstream or the ' +
      'proxy itself failed, see "Upstream errors". warn: a rate limit, a cooldown or a full window. Without a level: a line ' +
      'that the proxy’s logger did not write, such as the stack trace of a crash. No lines while requests flow: they do not ' +
      'reach Loki, see "Delivery of lines" under Stack health. Click a level to filter by it.',
    unit: countOf('lines'),
    decimals: 0,
    draws: 'stacked bars',
    colors: LEVEL_COLORS,
    queries: [
      logSeries(sumBy(['level'], countOverTime(chosenLines(), AUTO)), '{{level}}', {
        drill: onlyThisOfLines('level', DASHBOARD_UIDS.logs),
      }),
    ],
  });

/** How many lines there are, by event. */
export const linesByEvent = () =>
  timeseries({
    panel: PANELS.linesByEvent,
    title: 'Lines by event',
    description:
      'Lines in each interval of the graph, by event. Normal: api_request, one line for each finished request, and hardly ' +
      'anything else. An event that used to be rare shows where to look. Click an event to filter by it.',
    unit: countOf('lines'),
    decimals: 0,
    draws: 'stacked bars',
    legend: 'beside',
    queries: [
      logSeries(sumBy(['event'], countOverTime(chosenLines(), AUTO)), '{{event}}', {
        drill: onlyThisOfLines('event', DASHBOARD_UIDS.logs),
      }),
    ],
  });

/** How many requests finished, by credential. */
export const requestsByCredential = () =>
  timeseries({
    panel: PANELS.requestsByCredential,
    title: 'Finished requests by credential',
    description:
      'Requests that finished in each interval of the graph, by the credential that they used. With a pool, the shares are ' +
      'usually even. A single credential: the others are cooling down or have expired, see "Cooldowns". Without a pool each ' +
      'name is a hash of a client’s own key. Click a credential to see its metrics.',
    unit: countOf('requests'),
    decimals: 0,
    draws: 'stacked bars',
    legend: 'beside',
    queries: [
      logSeries(sumBy(['credential'], requests()), '{{credential}}', {
        drill: onlyThisOfLines('credential', DASHBOARD_UIDS.anthropicProxy),
      }),
    ],
    links: [toPanel('Utilization', PROXY_PANELS.utilizationOverTime)],
  });

/** How many requests finished, by model. */
export const requestsByModel = () =>
  timeseries({
    panel: PANELS.requestsByModel,
    title: 'Finished requests by model',
    description:
      'Requests that finished in each interval of the graph, by the model that answered. A model that the price table lacks ' +
      'appears under its own name here, while the metrics count it as "other" and its cost is missing: add it to the table. ' +
      'Click a model to see its metrics.',
    unit: countOf('requests'),
    decimals: 0,
    draws: 'stacked bars',
    legend: 'beside',
    queries: [
      logSeries(sumBy(['model'], requests()), '{{model}}', {
        drill: onlyThisOfLines('model', DASHBOARD_UIDS.anthropicProxy),
      }),
    ],
    links: [toPanel('Tokens by model', PROXY_PANELS.tokensByModel), toPanel('Cost', PROXY_PANELS.cost)],
  });
