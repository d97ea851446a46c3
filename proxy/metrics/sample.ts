/** The label values of a series, by name. */
export type LabelValues = Readonly<Record<string, string>>;

/** A request that contributed to a value. @see https://prometheus.io/docs/specs/om/open_metrics_spec/#exemplars */
export interface Exemplar {
  readonly labelSet: LabelValues;
  readonly value: number;
  /** Unix seconds. */
  readonly timestamp: number;
}

/** One line of the exposition. */
export interface Sample {
  readonly labels: LabelValues;
  readonly value: number;
  /** @default - the metric's name */
  readonly metricName?: string;
  readonly exemplar?: Exemplar;
}

/** The longest request id that is kept as an exemplar: all labels of one take at most 128 characters. */
const MAX_REQUEST_ID = 100;

/** The latest request that a value came from; kept in place, because it is written for each request. */
export class ExemplarSlot {
  #requestId = '';
  #value = 0;
  #at = 0;

  /** Remembers a request; `at` is in unix milliseconds. */
  set(requestId: string, value: number, at: number): void {
    if (requestId.length > MAX_REQUEST_ID) return;
    this.#requestId = requestId;
    this.#value = value;
    this.#at = at;
  }

  /** The exemplar, to be spread into a sample; empty where there was no request yet. */
  sample(): { readonly exemplar?: Exemplar } {
    if (this.#requestId === '') return {};
    const labelSet = { request_id: this.#requestId };
    return { exemplar: { labelSet, value: this.#value, timestamp: this.#at / 1_000 } };
  }
}
