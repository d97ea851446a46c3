import type { AlertCases } from './alert-cases.ts';
import { allTargetsDown } from './all-targets-down.ts';
import { authenticationFailing } from './anthropic-proxy-authentication-failing.ts';
import { clientsLeavingBeforeAnswer } from './anthropic-proxy-clients-leaving-before-answer.ts';
import { credentialCoolingOften } from './anthropic-proxy-credential-cooling-often.ts';
import { credentialExpired } from './anthropic-proxy-credential-expired.ts';
import { firstByteLatencyHigh } from './anthropic-proxy-first-byte-latency-high.ts';
import { labelsFolded } from './anthropic-proxy-labels-folded.ts';
import { noCredentialReady } from './anthropic-proxy-no-credential-ready.ts';
import { rateLimitedRateHigh } from './anthropic-proxy-rate-limited-rate-high.ts';
import { rateLimitedShareHigh } from './anthropic-proxy-rate-limited-share-high.ts';
import { requestLatencyHigh } from './anthropic-proxy-request-latency-high.ts';
import { serverErrorShareHigh } from './anthropic-proxy-server-error-share-high.ts';
import { upstreamErrorShareHigh } from './anthropic-proxy-upstream-error-share-high.ts';
import { upstreamRateLimited } from './anthropic-proxy-upstream-rate-limited.ts';
import { utilizationCritical } from './anthropic-proxy-utilization-critical.ts';
import { utilizationHigh } from './anthropic-proxy-utilization-high.ts';
import { windowExhaustionProjected } from './anthropic-proxy-window-exhaustion-projected.ts';
import { componentDown } from './component-down.ts';
import { configuration } from './stack/configuration.ts';
import { dashboards } from './stack/dashboards.ts';
import { ingestion } from './stack/ingestion.ts';
import { logs } from './stack/logs.ts';
import { notifications } from './stack/notifications.ts';
import { probes } from './stack/probes.ts';
import { remoteWrite } from './stack/remote-write.ts';
import { ruleEvaluation } from './stack/rule-evaluation.ts';
import { storage } from './stack/storage.ts';
import { targetDown } from './target-down.ts';
import { watchdog } from './watchdog.ts';

/** The cases of every alert, in the order of the alerts. */
export const ALL_CASES: readonly AlertCases[] = [
  rateLimitedShareHigh,
  rateLimitedRateHigh,
  upstreamRateLimited,
  credentialCoolingOften,
  noCredentialReady,
  requestLatencyHigh,
  firstByteLatencyHigh,
  clientsLeavingBeforeAnswer,
  utilizationHigh,
  utilizationCritical,
  windowExhaustionProjected,
  upstreamErrorShareHigh,
  serverErrorShareHigh,
  authenticationFailing,
  credentialExpired,
  labelsFolded,
  targetDown,
  allTargetsDown,
  componentDown,
  ...probes,
  ...configuration,
  ...ruleEvaluation,
  ...notifications,
  ...ingestion,
  ...storage,
  ...remoteWrite,
  ...logs,
  ...dashboards,
  watchdog,
];
