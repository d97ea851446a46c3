import type { Headers } from '../../../proxy/http/headers.ts';
import type { TrackerEvents } from '../../../proxy/tracker/account.ts';
import {
  createTracker,
  type Tracker,
  type TrackerOptions,
  type WindowSnapshot,
} from '../../../proxy/tracker/tracker.ts';
import type { UsageEntry } from '../../../proxy/usage/reader.ts';
import { type ManualTime, manualTime } from '../../support/manual-time.ts';
import { usageEntry } from '../../support/proxy/usage-entry.ts';

/** 2026-10-20 12:00:00 UTC: a whole minute, far from any change of year or day. */
export const NOON = Date.UTC(2026, 9, 20, 12);
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** A tracker whose clock a test turns, and all that it has reported. */
export interface Recorded {
  readonly tracker: Tracker;
  readonly time: ManualTime;
  readonly events: readonly (readonly [event: string, detail: unknown])[];
  /** The details of one kind of event. */
  of(event: string): readonly unknown[];
  /** A window of an account. @default - of `one` */
  window(name: string, account?: string): WindowSnapshot | undefined;
}

/** What a test wants to be otherwise. */
export type RecordOptions = Partial<Pick<TrackerOptions, 'mode' | 'maxAccounts' | 'fingerprintOf'>> & {
  readonly start?: number;
};

/** A tracker of a pool that begins at noon. */
export const record = ({
  start = NOON,
  mode = 'pool',
  maxAccounts = 100,
  fingerprintOf = () => null,
}: RecordOptions = {}): Recorded => {
  const time = manualTime(start);
  const reported: [string, unknown][] = [];
  const events: TrackerEvents = {
    onWindow: (event) => reported.push(['window', event]),
    onReset: (event) => reported.push(['reset', event]),
    onHigh: (event) => reported.push(['high', event]),
    onDropped: (event) => reported.push(['dropped', event]),
    onForgotten: (event) => reported.push(['forgotten', event]),
    onChange: () => reported.push(['change', null]),
  };
  const tracker = createTracker({ clock: time.clock, events, mode, maxAccounts, accountId, fingerprintOf });
  return {
    tracker,
    time,
    events: reported,
    of: (event) => reported.filter(([kind]) => kind === event).map(([, detail]) => detail),
    window: (name, account = 'one') =>
      tracker.snapshot().find(({ credential, window }) => credential === account && window === name),
  };
};

/** An account's label, readable. */
const accountId = (organization: string, account: string): string => `/${organization}/${account}`;

/** The label of an account of the organization `org`. */
export const accountLabel = (account: string): string => `/org/${account}`;

/** Takes in an answer to a credential whose request names no account; gives the account that pays. */
export const observe = (tracker: Tracker, credential: string, headers: Headers): string =>
  tracker.observeAnswer({ credential, fingerprint: null, claimedAccount: null }, headers);

/** Takes in an answer of the organization `org` to a credential whose request names an account; gives the account that pays. */
export const claim = (tracker: Tracker, credential: string, account: string, headers: Headers): string =>
  tracker.observeAnswer(
    { credential, fingerprint: null, claimedAccount: account },
    { 'anthropic-organization-id': 'org', ...headers },
  );

/** Takes in a poll that was answered now. */
export const poll = (tracker: Tracker, account: string, body: unknown, headers: Headers = {}): void =>
  tracker.observePoll(account, body, headers);

/** The header that says when an answer was made, to the second. */
export const made = (at: number): Record<string, string> => ({ date: new Date(at).toUTCString() });

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
