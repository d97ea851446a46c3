import type { proxyLabels } from '#catalog';
import type { Timers } from '../time.ts';
import type { Log } from './log.ts';

/** A request that the proxy answered itself. */
export interface RefusedRequest {
  readonly reason: (typeof proxyLabels.refusal.values)[number];
  /** The status of the answer. */
  readonly status: number;
  readonly method: string | null;
  /** Without the query. */
  readonly path: string | null;
}

/** Writes few lines about many refusals. */
export interface RefusalLog {
  /** Writes the first refusal of a reason at once and counts those of the minute that follows. */
  refused(request: RefusedRequest): void;
  /** Writes what was counted so far; for the end of the process. */
  flush(): void;
}

/** What a log of refusals is made of. */
export interface RefusalLogOptions {
  readonly log: Pick<Log, 'requestsRefused'>;
  readonly timers: Timers;
}

/** One line a reason and minute: clients that are refused tend to ask again and again. */
const INTERVAL_MS = 60_000;

/** The refusals of a reason since its last line. */
interface Tally {
  count: number;
  latest: RefusedRequest;
  cancel: () => void;
}

/** A log of refusals that has written nothing yet. A line's status, method and path are those of the latest refusal. */
export const createRefusalLog = ({ log, timers }: RefusalLogOptions): RefusalLog => {
  const tallies = new Map<RefusedRequest['reason'], Tally>();
  const write = ({ reason, status, method, path }: RefusedRequest, count: number): void =>
    log.requestsRefused({ reason, status: String(status), method, path, count });
  const writeCounted = (tally: Tally): void => {
    if (tally.count > 0) write(tally.latest, tally.count);
    tally.count = 0;
  };
  const endInterval = (tally: Tally): void => {
    if (tally.count === 0) {
      tallies.delete(tally.latest.reason);
      return;
    }
    writeCounted(tally);
    beginInterval(tally);
  };
  const beginInterval = (tally: Tally): void => {
    tally.cancel = timers.after(INTERVAL_MS, () => endInterval(tally));
  };
  return {
    refused(request) {
      const tally = tallies.get(request.reason);
      if (tally !== undefined) {
        tally.count += 1;
        tally.latest = request;
        return;
      }
      write(request, 1);
      const fresh: Tally = { count: 0, latest: request, cancel: () => undefined };
      tallies.set(request.reason, fresh);
      beginInterval(fresh);
    },
    flush() {
      for (const tally of tallies.values()) {
        tally.cancel();
        writeCounted(tally);
      }
      tallies.clear();
    },
  };
};
