import { DASHBOARD_UIDS, LOGS_PANELS, ANTHROPIC_PROXY_PANELS as PANELS, proxy } from '#catalog';
import { gt, increase, maxBy, not, or, RANGE, round, sumBy, value, vector } from '#promql';
import { anthropicProxySignals as signals } from '#signals';
import {
  COLORS,
  countOf,
  FIRST_COOLDOWN,
  onlyThis,
  query,
  STATE_COLORS,
  stat,
  timeseries,
  toPanel,
  unitOf,
} from '../house/index.ts';

/** Which credentials can be used. */
export const credentialState = () =>
  timeseries({
    panel: PANELS.credentialState,
    title: 'Credential state',
    description:
      'Credentials of the pool by state, and each one that is not ready, at 1 for as long as it is not. Below one ready every request ' +
      'is refused: wait for the first to cool down, or add one. cooling ends by itself: see "Rate-limited share (429)" for ' +
      'why. expired does not: renew its token. Without a pool there is nothing here.',
    unit: countOf('credentials'),
    decimals: 0,
    colors: STATE_COLORS,
    queries: [
      query(sumBy(['state'], maxBy(['job', 'credential', 'state'], value(proxy.credentialState))), '{{state}}: all', {
        signal: signals.readyCredentials,
      }),
      query(
        gt(maxBy(['job', 'credential', 'state'], value(proxy.credentialState, { state: not('ready') })), 0),
        '{{credential}} {{state}}',
        { signal: signals.expiredCredentials, drill: onlyThis('credential', DASHBOARD_UIDS.anthropicProxy) },
      ),
    ],
    links: [
      toPanel('Rate-limited share', PANELS.rateLimitedShare),
      toPanel('Cooldowns in the logs', LOGS_PANELS.cooldowns),
    ],
    noValue: 'No pool',
  });

/** How often credentials were put aside. */
export const credentialCooldowns = () =>
  stat({
    panel: PANELS.credentialCooldowns,
    title: 'Credential Cooldowns',
    description:
      'How often credentials were put aside: in the time range shown above, and the most of one credential by one replica in the last hour, ' +
      'whose colour follows the alert. Single ones are the pool at work. Many of one credential: it carries too much, see ' +
      '"Credential state" for which. Without a pool it stays 0.',
    unit: unitOf(proxy.cooldowns),
    decimals: 0,
    display: [FIRST_COOLDOWN],
    queries: [
      query(or(sumBy([], increase(proxy.cooldowns, RANGE)), vector(0)), 'cooldowns', { color: COLORS.inward }),
      query(
        or(maxBy([], round(sumBy(['job', 'instance', 'credential'], increase(proxy.cooldowns, '1h')))), vector(0)),
        'most of one in an hour',
        { signal: signals.cooldowns },
      ),
    ],
    links: [
      toPanel('Which credential', PANELS.credentialState),
      toPanel('Cooldowns in the logs', LOGS_PANELS.cooldowns),
    ],
  });
