import type { Dispatcher } from 'undici';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Pool } from '../pool/pool.ts';
import type { Records } from '../records.ts';
import type { ResponseHead, UsageReader } from '../usage/reader.ts';
import type { Drains } from './drains.ts';
import type { ReplayBudget } from './replay-budget.ts';
import type { Exchanges } from './under-way.ts';

/** The metrics that forwarding keeps itself; all others come from the records. */
export type ForwardMetrics = Pick<Metrics, 'requestsInFlight' | 'drains' | 'upstreamErrors'>;

/** Learns the state of rate-limit windows from response headers. */
export interface HeaderObserver {
  observeHeaders(credential: string, headers: Readonly<Record<string, string | string[] | undefined>>): void;
}

/** What all exchanges share. */
export interface Forwarding {
  readonly config: Config;
  readonly clock: Clock;
  readonly upstream: Dispatcher;
  readonly records: Pick<Records, 'write'>;
  readonly metrics: ForwardMetrics;
  readonly log: Pick<Log, 'upstreamError'>;
  readonly tracker: HeaderObserver;
  /** The credentials to send upstream; null where clients bring their own. */
  readonly pool: Pool | null;
  /** The short id of a client's credential. */
  readonly credentialId: (credential: string) => string;
  readonly createReader: (head: ResponseHead) => UsageReader;
  readonly drains: Drains;
  readonly budget: ReplayBudget;
  /** The exchanges that are under way. */
  readonly exchanges: Exchanges;
}
