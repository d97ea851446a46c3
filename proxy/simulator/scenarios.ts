import type { Pace, Scenario } from './scenario.ts';

/** How answers come on a usual day. */
const USUAL: Pace = { firstByteMs: { median: 900, spread: 0.4 }, tokenMs: 9 };

/** Scenarios by name; several can play together. */
export const SCENARIOS = {
  /** Answers at the usual pace, without fault. */
  calm: { pace: USUAL },
  /** A little of everything that happens on a usual day. */
  everyday: {
    pace: USUAL,
    faults: { overloaded: 0.006, api_error: 0.002, minute: 0.004, stream_error: 0.002, cut: 0.001, bad_gateway: 0.001 },
  },
  /** Answers begin late and come slowly. */
  slow: { pace: { firstByteMs: { median: 25_000, spread: 0.1 }, tokenMs: 200 } },
  /** The service is overloaded, for everybody alike. */
  overloaded: { faults: { overloaded: 0.4 } },
  /** The service has a defect. */
  failing: { faults: { api_error: 0.3 } },
  /** Limits a minute are met often. */
  minuteLimits: { faults: { minute: 0.3 }, retryAfterSeconds: 2 },
  /** The account's spend cap is reached. */
  spendCap: { faults: { spend: 1 } },
  /** Streams end amid the answer, with an error or without. */
  brokenStreams: { faults: { stream_error: 0.2, cut: 0.2 } },
  /** The way to the service is broken. */
  brokenNetwork: { faults: { reset: 0.3, bad_gateway: 0.1, garbage: 0.05 } },
} as const satisfies Readonly<Record<string, Scenario>>;

/** A part of a demonstration. */
export interface Act {
  readonly title: string;
  readonly seconds: number;
  readonly scenarios: readonly Scenario[];
}

/** What a demonstration shows, again and again; quiet in between, so that each trouble is seen to end. */
export const ACTS: readonly Act[] = [
  { title: 'a usual day', seconds: 40, scenarios: [SCENARIOS.everyday] },
  { title: 'limits a minute are met often', seconds: 20, scenarios: [SCENARIOS.everyday, SCENARIOS.minuteLimits] },
  { title: 'a usual day', seconds: 30, scenarios: [SCENARIOS.everyday] },
  { title: 'the upstream is overloaded', seconds: 20, scenarios: [SCENARIOS.everyday, SCENARIOS.overloaded] },
  { title: 'a usual day', seconds: 40, scenarios: [SCENARIOS.everyday] },
  { title: 'streams break off', seconds: 20, scenarios: [SCENARIOS.everyday, SCENARIOS.brokenStreams] },
  { title: 'a usual day', seconds: 30, scenarios: [SCENARIOS.everyday] },
  { title: 'the network is broken', seconds: 20, scenarios: [SCENARIOS.everyday, SCENARIOS.brokenNetwork] },
];
