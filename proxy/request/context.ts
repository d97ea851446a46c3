import type { Dispatcher } from 'undici';
import type { Config } from '../config.ts';
import type { CredentialStrategy } from '../credentials/strategy.ts';
import type { Headers } from '../http/headers.ts';
import type { RequestScans } from '../json/request-scan.ts';
import type { Clock, Timers } from '../time.ts';
import type { Payer } from '../tracker/payer.ts';
import type { ResponseHead, UsageReader } from '../usage/reader.ts';
import type { Drains } from './drains.ts';
import type { RequestObserver } from './observer.ts';
import type { ReplayBudget } from './replay-budget.ts';
import type { Exchanges } from './under-way.ts';

/** Learns the state of rate-limit windows from answers. */
export interface AnswerObserver {
  /** Takes in the head of an answer; gives the account that pays for it. */
  observeAnswer(payer: Payer, headers: Headers): string;
}

/** What all requests share. */
export interface RequestContext {
  readonly config: Config;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly upstream: Dispatcher;
  /** The path of the upstream's URL, without a slash at its end; comes before the path of each request. */
  readonly basePath: string;
  readonly credentials: CredentialStrategy;
  readonly accounts: AnswerObserver;
  readonly observer: RequestObserver;
  readonly scans: RequestScans;
  readonly createReader: (head: ResponseHead) => UsageReader;
  readonly drains: Drains;
  readonly budget: ReplayBudget;
  /** The requests that have arrived and are not done. */
  readonly exchanges: Exchanges;
}
