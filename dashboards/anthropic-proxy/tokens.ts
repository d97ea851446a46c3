import { DASHBOARD_UIDS, LOGS_PANELS, ANTHROPIC_PROXY_PANELS as PANELS, proxy } from '#catalog';
import { add, div, mul, RATE_INTERVAL, rate, sumBy, type Vector } from '#promql';
import { rates } from '#signals';
import { COLORS, onlyThis, PERCENT, perHour, perMinute, query, timeseries, toPanel } from '../house/index.ts';

const toModel = () => onlyThis('model', DASHBOARD_UIDS.anthropicProxy);

/** Which model takes and gives how many tokens. */
export const tokensByModel = () =>
  timeseries({
    panel: PANELS.tokensByModel,
    title: 'Tokens by Model',
    description:
      'Tokens a minute by model, stacked: input that no cache served ("in") and output ("out"). The model that grows is the one ' +
      'that fills the windows and the bill. Input that jumps while output stays: a cache has gone cold, see "Cache ' +
      'efficiency". Click a bar to see its model alone.',
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
      'USD an hour at list prices by model, stacked; subscriptions are billed otherwise, so there it only compares. On the ' +
      'right: tokens an hour of models without a known price, which the cost leaves out; if they are not 0, the price ' +
      'table lacks a model. A jump: see "Tokens by Model" for whether it is more tokens or a dearer model.',
    unit: perHour(proxy.cost),
    draws: 'stacked bars',
    queries: [
      query(rates.perHour(sumBy(['model'], rate(proxy.cost, RATE_INTERVAL))), '{{model}}', { drill: toModel() }),
      query(rates.perHour(sumBy([], rate(proxy.unpricedTokens, RATE_INTERVAL))), 'tokens without a price', {
        unit: perHour(proxy.unpricedTokens),
        color: COLORS.neutral,
      }),
    ],
    links: [toPanel('Tokens', PANELS.tokensByModel), toPanel('Requests in the logs', LOGS_PANELS.requestsByModel)],
  });

/** How many of 100 input tokens a cache served; `by` names what they are split by. */
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
      'How many of 100 input tokens were read from the prompt cache, by model and in all. Cached input costs a tenth, so a ' +
      'fall shows in cost and windows soon after. Usual causes: a client that changes the beginning of its prompt, pauses ' +
      'longer than the cache lives, or credentials that take turns, because a cache belongs to one account.',
    unit: PERCENT,
    softMax: 100,
    queries: [
      query(servedFromCache(['model']), '{{model}}', { drill: toModel() }),
      query(servedFromCache([]), 'all models', { color: COLORS.neutral }),
    ],
    links: [toPanel('Tokens', PANELS.tokensByModel)],
  });
