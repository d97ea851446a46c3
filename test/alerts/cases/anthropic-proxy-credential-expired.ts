import { proxy } from '#catalog';
import { constant, inOrder, minutes, series } from '../../support/promtool.ts';
import { casesOf, firesAfter, staysSilent } from './alert-cases.ts';

const labels = { job: 'anthropic-proxy', credential: 'team-a' };

export const credentialExpired = casesOf('AnthropicProxyCredentialExpired', (figures) => [
  {
    title: 'fires for the credential that is expired, once for two replicas',
    series: [
      series(proxy.credentialState, { credential: 'team-a', state: 'expired', instance: 'proxy-0' }, constant(1)),
      series(proxy.credentialState, { credential: 'team-a', state: 'expired', instance: 'proxy-1' }, constant(1)),
      series(proxy.credentialState, { credential: 'team-b', state: 'expired', instance: 'proxy-0' }, constant(0)),
    ],
    checks: firesAfter(0, figures, {
      labels,
      reads: {
        summary: 'Credential team-a of anthropic-proxy has expired.',
        description: 'The upstream rejected credential team-a; the pool does not use it until it is renewed.',
      },
    }),
  },
  {
    title: 'fires when one of two replicas has met the refusal, the other not yet',
    series: [
      series(proxy.credentialState, { credential: 'team-a', state: 'expired', instance: 'proxy-0' }, constant(0)),
      series(proxy.credentialState, { credential: 'team-a', state: 'expired', instance: 'proxy-1' }, constant(1)),
    ],
    checks: firesAfter(0, figures, { labels }),
  },
  {
    title: 'resolves when the credential is renewed',
    series: [series(proxy.credentialState, { credential: 'team-a', state: 'expired' }, inOrder('1x19', '0x60'))],
    checks: [
      { at: minutes(15), fires: [{ labels }] },
      { at: minutes(30), fires: [] },
    ],
  },
  {
    title: 'is silent about credentials that are ready or cooling',
    series: [
      series(proxy.credentialState, { credential: 'team-a', state: 'ready' }, constant(1)),
      series(proxy.credentialState, { credential: 'team-b', state: 'cooling' }, constant(1)),
      series(proxy.credentialState, { credential: 'team-a', state: 'expired' }, constant(0)),
    ],
    checks: staysSilent(minutes(30)),
  },
]);
