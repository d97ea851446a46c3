import type { TrackerEvents } from '../../../proxy/tracker/account.ts';
import { createTracker, type Tracker, type WindowSnapshot } from '../../../proxy/tracker/tracker.ts';
import type { UsageEntry } from '../../../proxy/usage/reader.ts';
import { type ManualTime, manualTime } from '../../support/manual-time.ts';
import { usageEntry } from '../../support/proxy/usage-entry.ts';

/** 2026-10-20 12:00:00 UTC: a whole minute, far from any change of year or day. */
export const NOON = Date.UTC(2026, 9, 20, 12);
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** A tracker whose clock a test turns, and all that it has told. */
export interface Recorded {
  readonly tracker: Tracker;
  readonly time: ManualTime;
  readonly told: readonly (readonly [event: string, detail: unknown])[];
  /** The details of one kind of event. */
  of(event: string): readonly unknown[];
  /** A window of the credential `one`. */
  window(name: string): WindowSnapshot | undefined;
}

export const record = (start = NOON): Recorded => {
  const time = manualTime(start);
  const told: [string, unknown][] = [];
  const events: TrackerEvents = {
    onWindow: (event) => told.push(['window', event]),
    onReset: (event) => told.push(['reset', event]),
    onHigh: (event) => told.push(['high', event]),
    onDropped: (event) => told.push(['dropped', event]),
    onChange: () => told.push(['change', null]),
  };
  const tracker = createTracker({ clock: time.clock, events });
  return {
    tracker,
    time,
    told,
    of: (event) => told.filter(([kind]) => kind === event).map(([, detail]) => detail),
    window: (name) => tracker.snapshot().find(({ credential, window }) => credential === 'one' && window === name),
  };
};

/** Unified headers of one window. */
export const unified = (
  name: string,
  { utilization, resetsAt, status }: { utilization?: number; resetsAt?: number; status?: string },
): Record<string, string> => ({
  ...(utilization === undefined ? {} : { [`anthropic-ratelimit-unified-${name}-utilization`]: String(utilization) }),
  ...(resetsAt === undefined ? {} : { [`anthropic-ratelimit-unified-${name}-reset`]: String(resetsAt / SECOND) }),
  ...(status === undefined ? {} : { [`anthropic-ratelimit-unified-${name}-status`]: status }),
});

/** A key of the poll's answer. */
export const polled = (utilization: number | null, resetsAt: number | null) => ({
  utilization,
  resets_at: resetsAt === null ? null : new Date(resetsAt).toISOString().replace('Z', '123+00:00'),
});

/** Usage of one model. */
export const usage = (model: string, counts: Partial<UsageEntry> = {}): UsageEntry => usageEntry({ model, ...counts });

/** The sum of a window's tokens of one direction. */
export const tokensOf = (window: WindowSnapshot | undefined, direction: string): number =>
  (window?.tokens ?? []).filter((row) => row.direction === direction).reduce((sum, { tokens }) => sum + tokens, 0);
