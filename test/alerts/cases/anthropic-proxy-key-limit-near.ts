import { proxy } from '#catalog';
import { type AlertCase, constant, type InputSeries, inOrder, minutes, series } from '../../support/promtool.ts';
import { casesOf, firesAfter, staysSilent } from './alert-cases.ts';
import { limitStories } from './stack/stories.ts';

type Kind = 'requests' | 'tokens' | 'input_tokens' | 'output_tokens';

const LIMIT = 400_000;

/** The limit of a key and what is left of it, in percent. */
const key = (
  left: string,
  { credential = 'team-a', kind = 'input_tokens' as Kind, instance = 'proxy-0' } = {},
): readonly InputSeries[] => [
  series(proxy.keyLimit, { credential, kind, instance }, constant(LIMIT)),
  series(proxy.keyLimitRemaining, { credential, kind, instance }, left),
];

const percent = (used: number): number => (LIMIT * (100 - used)) / 100;

const labels = { job: 'anthropic-proxy', credential: 'team-a', kind: 'input_tokens' };

export const keyLimitNear = casesOf('AnthropicProxyKeyLimitNear', (figures): readonly AlertCase[] => [
  ...limitStories(figures, {
    at: (used) => key(constant(percent(used))),
    labels,
    reads: {
      summary: 'Credential team-a uses 84% of its per-minute limit of input_tokens.',
      description:
        'On average over five minutes, more than 80% of the per-minute limit of input_tokens is used; what exceeds it gets a 429, on every API key of the organization of team-a.',
    },
  }),
  {
    title: 'fires for the key and kind that is nearly used up, and for no other',
    series: [
      ...key(constant(percent(99))),
      ...key(constant(percent(10)), { kind: 'requests' }),
      ...key(constant(percent(10)), { credential: 'team-b' }),
    ],
    checks: firesAfter(0, figures, { labels }),
  },
  {
    title: 'fires once for two replicas, of which one gets no traffic and sees a full limit',
    series: [
      ...key(constant(percent(95)), { instance: 'proxy-0' }),
      ...key(constant(percent(0)), { instance: 'proxy-1' }),
    ],
    checks: firesAfter(0, figures, { labels }),
  },
  {
    title: 'is silent about bursts that the average of five minutes levels out',
    series: key(inOrder(...Array.from({ length: 60 }, () => `${percent(100)} ${percent(40)}`))),
    checks: staysSilent(minutes(30), minutes(31), minutes(60)),
  },
  {
    title: 'resolves once the average of five minutes has fallen, no sooner and no later',
    series: key(inOrder(constant(percent(99), 39), constant(percent(70), 60))),
    checks: [
      { at: minutes(42), fires: [{ labels }] },
      { at: minutes(43), fires: [] },
    ],
  },
  {
    title: 'is silent where two replicas see three quarters used: they report one limit, not two',
    series: [
      ...key(constant(percent(75)), { instance: 'proxy-0' }),
      ...key(constant(percent(75)), { instance: 'proxy-1' }),
    ],
    checks: staysSilent(minutes(30)),
  },
  {
    title: 'goes by the higher limit where a replica has not seen yet that it was raised',
    series: [
      ...key(constant(percent(70)), { instance: 'proxy-0' }),
      series(proxy.keyLimit, { credential: 'team-a', kind: 'input_tokens', instance: 'proxy-1' }, constant(2 * LIMIT)),
    ],
    checks: firesAfter(0, figures, { labels }),
  },
  {
    title: 'is silent where a limit is not known, or is none',
    series: [
      series(proxy.keyLimitRemaining, { credential: 'team-a', kind: 'requests' }, constant(0)),
      series(proxy.keyLimit, { credential: 'team-b', kind: 'requests' }, constant(0)),
      series(proxy.keyLimitRemaining, { credential: 'team-b', kind: 'requests' }, constant(0)),
    ],
    checks: staysSilent(minutes(30)),
  },
]);
