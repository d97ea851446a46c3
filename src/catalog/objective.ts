/** What the service promises, with the reason for the figure; alerts and panels read it from here. */
export interface Objective {
  readonly value: number;
  readonly because: string;
}

/** Objectives of the proxy. */
export const OBJECTIVES = {
  /** 95 of 100 requests finish within this many milliseconds. */
  requestDurationMs: {
    value: 60_000,
    because: 'a long answer streams for about a minute; beyond it people take the assistant for hung',
  },
  /** 95 of 100 requests see their first byte within this many seconds. */
  timeToFirstByteSeconds: {
    value: 10,
    because: 'a stream that has not started in ten seconds is abandoned or retried by its user',
  },
  /** The least requests a second over the alert's range before a share of them means anything. */
  trafficFloor: {
    value: 0.02,
    because: 'about one request in 50 seconds: below it one failure alone would be a large share',
  },
} as const satisfies Readonly<Record<string, Objective>>;
