import { DASHBOARD_UIDS, LOGS_PANELS, ANTHROPIC_PROXY_PANELS as PANELS, proxy } from '#catalog';
import { gt, increase, maxBy, not, or, RANGE, round, sumBy, value, vector } from '#promql';
import { anthropicProxySignals as signals } from '#signals';
import {
  COLORS,
  countOf,
  draw,
  FIRST_COOLDOWN,
  onlyThis,
  query,
  STATE_COLORS,
  stat,
  timeseries,
  toPanel,
  unitOf,
} from '../house/index.ts';

/** Which credentials are usable. */
export const credentialState = () =>
  timeseries({
    panel: PANELS.credentialState,
    title: 'Credential state',
    description:
      'The pool’s credentials by state, and each credential that is not ready, at 1 for as long as it is not. Without a ready ' +
      'credential every request is rejected: wait for the first cooldown to end, or add a credential. cooling ends by itself; ' +
      'see "Rate-limited share (429)" for the reason. expired does not: renew the credential’s token. "ready in" is the number ' +
      'on the replica that has fewest: replicas do not share cooldowns. Empty without a pool.',
    unit: countOf('credentials'),
    decimals: 0,
    colors: STATE_COLORS,
    queries: [
      query(sumBy(['state'], maxBy(['job', 'credential', 'state'], value(proxy.credentialState))), '{{state}}: all'),
      draw(signals.readyCredentials, { color: COLORS.neutral }),
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

/** How often credentials went into cooldown. */
export const credentialCooldowns = () =>
  stat({
    panel: PANELS.credentialCooldowns,
    title: 'Credential Cooldowns',
    description:
      'How often credentials went into cooldown: within the selected time range, and the most for one credential on one ' +
      'replica within the last hour, whose colour follows the alert. Occasional cooldowns are normal. Many for one ' +
      'credential: it gets too much load; "Credential state" shows which one. Always 0 without a pool.',
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
      toPanel('Credential state', PANELS.credentialState),
      toPanel('Cooldowns in the logs', LOGS_PANELS.cooldowns),
    ],
  });
