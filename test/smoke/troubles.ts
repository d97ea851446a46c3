import { simulatedToken } from '../../proxy/simulator/caller.ts';
import type { Scenario } from '../../proxy/simulator/scenario.ts';
import { SCENARIOS } from '../../proxy/simulator/scenarios.ts';

/** Accounts of the pool, which are those of the backfilled week. */
export const ACCOUNTS = ['team-platform', 'team-data', 'night-jobs'] as const;

/** An account of the pool. */
export type Account = (typeof ACCOUNTS)[number];

/** An alert that a trouble must bring; labels tell it from those of other troubles. */
export interface ExpectedAlert {
  readonly alertname: string;
  readonly window?: string;
  readonly credential?: Account;
}

/** A trouble that begins and ends on command. */
export interface Trouble {
  readonly alerts: readonly ExpectedAlert[];
  /** What the upstream does while it lasts. */
  readonly begins?: Scenario;
  /** What the upstream does at its end. */
  readonly ends?: Scenario;
  /** The place of a replica that does not run while it lasts. */
  readonly down?: number;
  /** The account whose mounted token is renewed at its end. */
  readonly renews?: Account;
}

/** The token that `renews` replaces. */
const REVOKED: Account = 'night-jobs';

/**
 * What holds beside every trouble: answers at the usual pace, and windows so large that as many requests as the divided
 * time has do not fill them, because windows keep their real length: it is a number in the expressions.
 */
export const CALM: Scenario = { ...SCENARIOS.calm, budget: 20_000_000_000 };

const forAll = (percent: number): Scenario => ({
  windows: ACCOUNTS.map((account) => ({ account, window: '7d_oi', percent })),
});

/** Which trouble makes which alerts fire. */
export const TROUBLES: readonly Trouble[] = [
  {
    // One kind of model is used up everywhere: its requests are refused by one credential after the other.
    begins: forAll(101),
    ends: forAll(10),
    alerts: [
      { alertname: 'AnthropicProxyRateLimitedShareHigh' },
      { alertname: 'AnthropicProxyUpstreamRateLimited' },
      { alertname: 'AnthropicProxyUtilizationCritical', window: '7d_oi' },
    ],
  },
  {
    begins: SCENARIOS.slow,
    alerts: [{ alertname: 'AnthropicProxyRequestLatencyHigh' }, { alertname: 'AnthropicProxyFirstByteLatencyHigh' }],
  },
  {
    // The window ends early: a later reset time comes before the stored one has passed.
    begins: { windows: [{ account: 'team-platform', window: '5h', percent: 97 }] },
    ends: { windows: [{ account: 'team-platform', window: '5h', percent: 1, resetsInSeconds: 18_000 }] },
    alerts: [{ alertname: 'AnthropicProxyUtilizationCritical', window: '5h', credential: 'team-platform' }],
  },
  {
    // Half way through the window 60 % are used, and the use goes on at more than 1 % a minute.
    begins: { windows: [{ account: 'team-data', window: '5h', percent: 60, factor: 80 }] },
    ends: { windows: [{ account: 'team-data', window: '5h', percent: 5, resetsInSeconds: 18_000 }] },
    alerts: [{ alertname: 'AnthropicProxyWindowExhaustionProjected', window: '5h', credential: 'team-data' }],
  },
  {
    begins: SCENARIOS.failing,
    alerts: [{ alertname: 'AnthropicProxyServerErrorShareHigh' }],
  },
  {
    begins: { revoked: [simulatedToken(REVOKED)] },
    renews: REVOKED,
    alerts: [{ alertname: 'AnthropicProxyCredentialExpired', credential: REVOKED }],
  },
  { down: 1, alerts: [{ alertname: 'TargetDown' }] },
];
