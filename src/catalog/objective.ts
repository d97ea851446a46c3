import { type Duration, toSeconds } from './duration.ts';

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

/** The range of every rate in an alert: long enough for several scrapes, short enough to see an outage begin. */
export const ALERT_RANGE: Duration = '5m';

/** How many scrapes Grafana's rate interval covers at least. @see https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#use-__rate_interval */
const SCRAPES = 4;

/**
 * The least step, in seconds, of a graph that draws an alert's line: Grafana takes it for the time between two scrapes, so
 * that its rates cover the alert's range at every zoom at which they would cover less.
 */
export const ALERT_STEP_SECONDS = toSeconds(ALERT_RANGE) / SCRAPES;
