import { DASHBOARD_UIDS, LOGS_PANELS, ANTHROPIC_PROXY_PANELS as PANELS, proxy } from '#catalog';
import { add, div, mul, RATE_INTERVAL, rate, sumBy, type Vector } from '#promql';
import { anthropicProxySignals, rates } from '#signals';
import { COLORS, draw, onlyThis, PERCENT, perHour, perMinute, query, timeseries, toPanel } from '../house/index.ts';

const toModel = () => onlyThis('model', DASHBOARD_UIDS.anthropicProxy);

/** Input and output tokens of each model. */
export const tokensByModel = () =>
  timeseries({
    panel: PANELS.tokensByModel,
    title: 'Tokens by Model',
    description:
      'Tokens per minute by model, stacked: input that was not served from the prompt cache ("in") and output ("out"). The ' +
      'model that grows is the one that uses up the windows and the budget. Input jumps while output does not: a cache has ' +
      'gone cold, see "Cache efficiency". Click a bar to filter by its model.',
    unit: perMinute(proxy.tokensInput),
    draws: 'stacked bars',
    queries: [
      query(rates.perMinute(sumBy(['model'], rate(proxy.tokensInput, RATE_INTERVAL))), 'in: {{model}}', {
        drill: toModel(),
      }),
      query(rates.perMinute(sumBy(['model'], rate(proxy.tokensOutput, RATE_INTERVAL))), 'out: {{model}}', {
        drill: toModel(),
      }),
    ],
    links: [toPanel('Cost', PANELS.cost), toPanel('Requests in the logs', LOGS_PANELS.requestsByModel)],
  });

/** What the tokens cost. */
export const cost = () =>
  timeseries({
    panel: PANELS.cost,
    title: 'Cost',
    description:
      'USD per hour at list prices, by model, stacked; subscriptions are not billed by tokens, so for them it only serves ' +
      'comparison. On the right: tokens per hour without a known price, which the cost excludes; if they are not 0, ' +
      'the price table lacks a model or a mode. After a jump, "Tokens by Model" shows whether there are more tokens or a more expensive ' +
      'model.',
    unit: perHour(proxy.cost),
    draws: 'stacked bars',
    queries: [
      query(rates.perHour(sumBy(['model'], rate(proxy.cost, RATE_INTERVAL))), '{{model}}', { drill: toModel() }),
      draw(anthropicProxySignals.unpricedTokens, { unit: perHour(proxy.unpricedTokens), color: COLORS.neutral }),
    ],
    links: [toPanel('Tokens', PANELS.tokensByModel), toPanel('Requests in the logs', LOGS_PANELS.requestsByModel)],
  });

/** The share of input tokens read from the prompt cache, in percent, by some labels. */
const servedFromCache = <const B extends 'model' = never>(by: readonly B[]): Vector<B> => {
  const read = sumBy(by, rate(proxy.tokensCacheRead, RATE_INTERVAL));
  const written = sumBy(by, rate(proxy.tokensCacheWrite, RATE_INTERVAL));
  const uncached = sumBy(by, rate(proxy.tokensInput, RATE_INTERVAL));
  return mul(div(read, add(add(uncached, read), written)), 100);
};

/** How much of the input comes from the prompt cache. */
export const cacheEfficiency = () =>
  timeseries({
    panel: PANELS.cacheEfficiency,
    title: 'Cache efficiency',
    description:
      'Share of input tokens read from the prompt cache, by model and in total. Cached input costs a tenth, so a drop soon ' +
      'shows in cost and utilization. Usual causes: a client changes the beginning of its prompt, pauses longer than the ' +
      'cache lives, or its requests alternate between credentials, because a cache belongs to one account.',
    unit: PERCENT,
    softMax: 100,
    queries: [
      query(servedFromCache(['model']), '{{model}}', { drill: toModel() }),
      query(servedFromCache([]), 'all models', { color: COLORS.neutral }),
    ],
    links: [toPanel('Tokens', PANELS.tokensByModel)],
  });
