import { proxy } from '#catalog';
import { constant, growing, hours, type InputSeries, minutes, series } from '../../support/promtool.ts';
import { casesOf, staysSilent } from './alert-cases.ts';
import { limitStories } from './stack/stories.ts';

const unpriced = (perHour: number, direction: 'input' | 'output' = 'input', instance = 'proxy-0'): InputSeries =>
  series(proxy.unpricedTokens, { instance, direction }, growing(perHour / 60));

const labels = { job: 'anthropic-proxy' };

export const tokensUnpriced = casesOf('AnthropicProxyTokensUnpriced', (figures) => [
  ...limitStories(figures, {
    at: (perHour) => [
      unpriced(perHour / 2),
      unpriced(perHour / 4, 'output'),
      unpriced(perHour / 4, 'input', 'proxy-1'),
    ],
    begin: minutes(58),
    labels,
    reads: {
      summary: 'anthropic-proxy counts 105000 tokens per hour without a price.',
      description:
        'More than 100000 tokens per hour belong to a model without a price, or to a model in a mode without one; the cost excludes them.',
    },
  }).filter(({ title }) => title !== 'is silent at its limit'),
  {
    title: 'is silent at its limit',
    // Of an hour four fifths are between its first and its last sample, so that no digit is lost.
    interval: '12m',
    series: [series(proxy.unpricedTokens, { direction: 'input' }, growing(figures.threshold / 5))],
    checks: staysSilent(hours(4), hours(5)),
  },
  {
    title: 'fires within an hour after one large request, and no longer',
    series: [series(proxy.unpricedTokens, { direction: 'input' }, `0x9 ${3 * figures.threshold}x200`)],
    checks: [
      { at: minutes(9), fires: [] },
      { at: minutes(40), fires: [{ labels }] },
      { at: minutes(71), fires: [] },
    ],
  },
  {
    title: 'is silent where every token has a price',
    series: [
      series(proxy.unpricedTokens, { direction: 'input' }, constant(0)),
      series(proxy.tokensInput, { model: 'claude-sonnet-4-6' }, growing(1_000_000)),
    ],
    checks: staysSilent(minutes(30), minutes(90)),
  },
]);
