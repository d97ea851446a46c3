import { proxy } from '#catalog';
import { constant, inOrder, minutes, series } from '../../support/promtool.ts';
import { casesOf, firesAfter, staysSilent } from './alert-cases.ts';

const labels = { job: 'anthropic-proxy' };

export const accountsUntracked = casesOf('AnthropicProxyAccountsUntracked', (figures) => [
  {
    title: 'fires once for two replicas that do not track accounts',
    series: [
      series(proxy.accountsUntracked, { instance: 'proxy-0' }, constant(4)),
      series(proxy.accountsUntracked, { instance: 'proxy-1' }, constant(3)),
    ],
    checks: firesAfter(0, figures, {
      labels,
      reads: {
        summary: 'anthropic-proxy does not track 4 of the accounts that use it.',
        description:
          'More accounts were used in the last two hours than the proxy tracks; the windows of the others have no series.',
      },
    }),
  },
  {
    title: 'fires for a single account on one replica',
    series: [
      series(proxy.accountsUntracked, { instance: 'proxy-0' }, constant(0)),
      series(proxy.accountsUntracked, { instance: 'proxy-1' }, constant(1)),
    ],
    checks: firesAfter(0, figures, { labels }),
  },
  {
    title: 'resolves when accounts are tracked again',
    series: [series(proxy.accountsUntracked, {}, inOrder('2x29', '0x60'))],
    checks: [
      { at: minutes(29), fires: [{ labels }] },
      { at: minutes(30), fires: [] },
    ],
  },
  {
    title: 'is silent while every account is tracked, or for a few minutes not',
    series: [series(proxy.accountsUntracked, {}, inOrder('0x29', '1x9', '0x60'))],
    checks: staysSilent(minutes(10), minutes(38), minutes(60)),
  },
]);
