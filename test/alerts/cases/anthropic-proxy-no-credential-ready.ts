import { proxy } from '#catalog';
import { constant, type InputSeries, inOrder, minutes, series } from '../../support/promtool.ts';
import { casesOf, firesAfter, staysSilent } from './alert-cases.ts';
import { answers } from './traffic.ts';

const job = 'anthropic-proxy';

type State = 'ready' | 'cooling' | 'expired';

/** The state of a credential on a replica: the series of that state is 1, the others are 0. */
const credential = (name: string, holds: State, instance = 'proxy-0'): readonly InputSeries[] =>
  (['ready', 'cooling', 'expired'] as const).map((state) =>
    series(proxy.credentialState, { instance, credential: name, state }, constant(state === holds ? 1 : 0)),
  );

/** Ready for ten minutes, cooling for twenty, ready again. */
const recovering = (name: string): readonly InputSeries[] => [
  series(proxy.credentialState, { credential: name, state: 'ready' }, inOrder('1x9', '0x19', '1x60')),
  series(proxy.credentialState, { credential: name, state: 'cooling' }, inOrder('0x9', '1x19', '0x60')),
];

export const noCredentialReady = casesOf('AnthropicProxyNoCredentialReady', (figures) => [
  {
    title: 'fires when every credential is cooling or expired',
    series: [...credential('team-a', 'cooling'), ...credential('team-b', 'expired')],
    checks: firesAfter(0, figures, {
      labels: { job },
      reads: {
        summary: 'A replica of anthropic-proxy has no ready credential and rejects every request.',
        description: 'On at least one replica, all credentials of the pool are cooling down or expired.',
      },
    }),
  },
  {
    title: 'fires while all are cooling and resolves when one is ready again',
    series: [...recovering('team-a'), ...credential('team-b', 'cooling')],
    checks: [
      { at: minutes(9), fires: [] },
      { at: minutes(20), fires: [{ labels: { job } }] },
      { at: minutes(31), fires: [] },
    ],
  },
  {
    title: 'is silent while one credential is ready, also when two replicas report each',
    series: [
      ...credential('team-a', 'ready', 'proxy-0'),
      ...credential('team-a', 'ready', 'proxy-1'),
      ...credential('team-b', 'cooling', 'proxy-0'),
      ...credential('team-b', 'cooling', 'proxy-1'),
    ],
    checks: staysSilent(minutes(5), minutes(30)),
  },
  {
    title: 'fires once while a credential in cooldown on one replica is ready on the other',
    series: [...credential('team-a', 'ready', 'proxy-0'), ...credential('team-a', 'cooling', 'proxy-1')],
    checks: firesAfter(0, figures, { labels: { job } }),
  },
  {
    title: 'is silent while each replica has another credential ready',
    series: [
      ...credential('team-a', 'ready', 'proxy-0'),
      ...credential('team-b', 'cooling', 'proxy-0'),
      ...credential('team-a', 'cooling', 'proxy-1'),
      ...credential('team-b', 'ready', 'proxy-1'),
    ],
    checks: staysSilent(minutes(30)),
  },
  {
    title: 'is silent when the only credential rests for a few minutes',
    series: [series(proxy.credentialState, { credential: 'team-a', state: 'ready' }, inOrder('1x9', '0x3', '1x60'))],
    checks: staysSilent(minutes(12), minutes(14), minutes(20)),
  },
  {
    title: 'fires when it has waited, neither sooner nor later',
    interval: '15s',
    series: credential('team-a', 'cooling'),
    checks: [
      { at: figures.wait - 15, fires: [] },
      { at: figures.wait, fires: [{ labels: { job } }] },
    ],
  },
  {
    title: 'is silent where no pool is in use',
    series: answers({ '200': 10 }),
    checks: staysSilent(minutes(5), minutes(30)),
  },
]);
