/** A value of JSON, as it stands in a dashboard's file. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a variable has in a preview. */
export interface VariableValue {
  readonly text: string;
  /** One value, or several of a variable that takes several. */
  readonly value: string | readonly string[];
}

/** What one query of a panel was answered. Exactly one of `prometheus`, `loki` and `problem` is there. */
export interface QueryAnswer {
  readonly refId: string;
  /** As it was asked, variables filled in. */
  readonly expr: string;
  /** The `data` of an answer of the Prometheus API. @see https://prometheus.io/docs/prometheus/latest/querying/api/ */
  readonly prometheus?: Json;
  /** The `data` of an answer of the Loki API. @see https://grafana.com/docs/loki/latest/reference/loki-http-api/ */
  readonly loki?: Json;
  /** Why there is no answer: an error of the source, or `needs Loki`. */
  readonly problem?: string;
}

/** A moment or a time range that an annotation query found; unix milliseconds. */
export interface AnnotationEvent {
  readonly name: string;
  readonly color: string;
  readonly from: number;
  readonly to: number | null;
  readonly title: string;
  readonly text: string;
}

/** All that a page of the preview shows; plain JSON, embedded in the page. */
export interface PreviewData {
  /** The classic dashboard as it stands in its file. */
  readonly dashboard: Json;
  /** Unix milliseconds. */
  readonly range: { readonly from: number; readonly to: number };
  /** By name. */
  readonly variables: Readonly<Record<string, VariableValue>>;
  /** The answers to the queries of each panel, by the panel's id; panels inside collapsed rows included. */
  readonly panels: Readonly<Record<string, readonly QueryAnswer[]>>;
  readonly annotations: readonly AnnotationEvent[];
  /** Where the data come from, for the footer: `a generated week of 2 accounts`, `https://prometheus.example`. */
  readonly source: string;
  readonly theme: 'dark' | 'light';
}
