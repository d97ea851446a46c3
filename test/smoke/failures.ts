import { TARGETS } from '#catalog';
import { simulatedToken } from '../../proxy/simulator/caller.ts';
import type { Scenario, WindowChange } from '../../proxy/simulator/scenario.ts';
import { SCENARIOS } from '../../proxy/simulator/scenarios.ts';

/** Accounts of the pool, which are those of the backfilled week. */
export const ACCOUNTS = ['team-platform', 'team-data', 'night-jobs'] as const;

/** An account of the pool. */
export type Account = (typeof ACCOUNTS)[number];

/** An alert that a failure must bring; labels distinguish it from those of other failures. */
export interface ExpectedAlert {
  readonly alertname: string;
  readonly job?: string;
  readonly instance?: string;
  readonly window?: string;
  readonly credential?: Account;
  readonly integration?: string;
}

/** What can be taken away from the stack and given back. */
export type Part = 'collector' | 'configuration' | 'grafanaService' | 'loki' | 'proxyService' | 'receivers';

/** A failure of the proxy or its upstream that begins and ends on command. */
export interface ProxyFailure {
  /** What the upstream does while it lasts. */
  readonly begins?: Scenario;
  /** What the upstream does at its end. */
  readonly ends?: Scenario;
  /** What the upstream of clients with keys of their own does while it lasts. */
  readonly own?: Scenario;
  /** The place of a replica that does not run while it lasts. */
  readonly down?: number;
  /** The accounts whose mounted tokens are renewed at its end. */
  readonly renews?: readonly Account[];
}

/** A failure and what it brings. */
export interface Failure extends ProxyFailure {
  readonly alerts: readonly ExpectedAlert[];
  /** What is not there while it lasts. */
  readonly without?: Part;
  /** Whether its alerts count over an hour, so that they end when other failures are over long since. */
  readonly endsLate?: boolean;
}

/** Troubles that last at the same time. */
export interface Act {
  readonly title: string;
  /** One after the other: the next begin when the alerts of those before have arrived. */
  readonly waves: readonly (readonly Failure[])[];
  /** What fires as well, and is suppressed because another alert gives the cause. */
  readonly suppressed: readonly ExpectedAlert[];
}

/** The token that is revoked alone. */
const REVOKED: Account = 'night-jobs';

/**
 * What holds beside every failure: answers at the usual pace, and windows so large that as many requests as the divided
 * time has do not fill them, because windows keep their real length: it is a number in the expressions.
 */
export const BASELINE: Scenario = { ...SCENARIOS.calm, budget: 20_000_000_000 };

const forAll = (change: Pick<WindowChange, 'percent' | 'resetsInSeconds'>): Scenario => ({
  windows: ACCOUNTS.map((account) => ({ account, window: '7d_oi', ...change })),
});

const OF_THE_PROXY: readonly Failure[] = [
  {
    // One kind of model is used up everywhere: the pool refuses its requests once two credentials were refused. At the end
    // the windows start over, which a replica that sends no more such requests with a credential does not learn.
    begins: forAll({ percent: 101 }),
    ends: forAll({ percent: 10, resetsInSeconds: 604_800 }),
    alerts: [
      { alertname: 'AnthropicProxyRateLimitedShareHigh' },
      { alertname: 'AnthropicProxyRateLimitedRateHigh' },
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
    renews: [REVOKED],
    alerts: [{ alertname: 'AnthropicProxyCredentialExpired', credential: REVOKED }],
  },
  {
    // Some of their keys are refused; the others wait for an answer that never begins.
    own: { faults: { unauthorized: 0.4, hang: 0.6 } },
    alerts: [
      { alertname: 'AnthropicProxyAuthenticationFailing' },
      { alertname: 'AnthropicProxyClientsLeavingBeforeAnswer' },
    ],
  },
  {
    // Each limit takes a credential out of use for a moment.
    begins: SCENARIOS.minuteLimits,
    endsLate: true,
    alerts: [
      { alertname: 'AnthropicProxyUpstreamRateLimited' },
      { alertname: 'AnthropicProxyCredentialCoolingOften', credential: 'team-platform' },
    ],
  },
  { down: 1, alerts: [{ alertname: 'TargetDown', job: TARGETS.proxy.job }] },
];

/** Every token of the pool, also those that were renewed before. */
const ALL_TOKENS = ACCOUNTS.flatMap((account) => [0, 1].map((generation) => simulatedToken(account, generation)));

/** What is provoked, and in which company. */
export const ACTS: readonly Act[] = [
  {
    title: 'failures of the upstream and of single parts',
    waves: [[...OF_THE_PROXY, { without: 'collector', alerts: [{ alertname: 'LokiReceivesNothing' }] }]],
    suppressed: [
      { alertname: 'AnthropicProxyUtilizationHigh', window: '7d_oi' },
      { alertname: 'AnthropicProxyUpstreamErrorShareHigh' },
    ],
  },
  {
    title: 'outages, and what follows from them',
    waves: [
      [
        { without: 'loki', alerts: [{ alertname: 'ComponentDown', job: TARGETS.loki.job }] },
        { without: 'configuration', alerts: [{ alertname: 'ConfigurationRefused', job: TARGETS.prometheus.job }] },
        {
          without: 'proxyService',
          alerts: [{ alertname: 'AnthropicProxyUnreachable', instance: 'http://anthropic-proxy:8080/health' }],
        },
        {
          without: 'grafanaService',
          alerts: [{ alertname: 'GrafanaUnreachable', instance: 'http://grafana:3000/api/health' }],
        },
      ],
      [
        {
          begins: { revoked: ALL_TOKENS },
          renews: ACCOUNTS,
          alerts: [{ alertname: 'AnthropicProxyNoCredentialReady' }],
        },
        { without: 'receivers', alerts: [{ alertname: 'AlertmanagerNotificationsFailing', integration: 'webhook' }] },
      ],
    ],
    suppressed: [
      { alertname: 'AnthropicProxyServerErrorShareHigh' },
      { alertname: 'TargetDown', job: TARGETS.loki.job },
      { alertname: 'LokiReceivesNothing' },
    ],
  },
];
