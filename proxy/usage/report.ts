/** What one model was asked for and gave within a response; a response can bill several models. */
export interface UsageEntry {
  /** The model's id as the API writes it. */
  readonly model: string;
  readonly mode: 'standard' | 'fast';
  readonly batch: boolean;
  /** Where inference ran, as the API writes it (`us`, `global`); null where it does not report that. */
  readonly geo: string | null;
  /** Input tokens that no cache served. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly webSearches: number;
  /**
   * Where an entry adds up requests of a batch: the end of the price band, in tokens, in which the prompt of each of
   * them lies. Absent where the entry is of one request, whose prompt is the sum of its input fields.
   */
  readonly promptUpTo?: number;
}

/** An error as the API words it. */
export interface ApiError {
  readonly type: string;
  readonly message: string;
}

/** What a response reported of what it bills. */
export interface UsageReport {
  /** What is billed, the answering model first. */
  readonly entries: readonly UsageEntry[];
  /**
   * `known`: the entries are all that is billed as far as the response was read. `unknown`: a response that bills did
   * not report what, or not in a form that can be read; entries, where there are any, are only a part. `none`: a response
   * that bills nothing by its endpoint, its status or its error.
   */
  readonly usage: 'known' | 'unknown' | 'none';
  /** Whether the response was read to its end: `message_stop`, the whole JSON, or the last line of a batch's results. */
  readonly finished: boolean;
  /** The batch whose results the response has; null for all other responses. */
  readonly batchId: string | null;
  /** The error event that ended the stream. */
  readonly streamError: ApiError | null;
  /** The error of a JSON error body. */
  readonly error: ApiError | null;
}
