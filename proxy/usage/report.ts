/** What one model was asked for and gave within a response; a response can bill several models. */
export interface UsageEntry {
  /** The model's id as the API writes it. */
  readonly model: string;
  readonly mode: 'standard' | 'fast';
  readonly batch: boolean;
  /** Input tokens that no cache served. */
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly webSearches: number;
}

/** An error as the API words it. */
export interface ApiError {
  readonly type: string;
  readonly message: string;
}

/** What the copy of a response said. */
export interface UsageReport {
  readonly entries: readonly UsageEntry[];
  /** Whether the response was read to its end: `message_stop`, or the whole JSON. */
  readonly finished: boolean;
  /** The error event that ended the stream. */
  readonly streamError: ApiError | null;
  /** The error of a JSON error body. */
  readonly error: ApiError | null;
}
