/**
 * What an alert's value reads like in a notification, as Prometheus templates.
 *
 * @see https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
 */
export interface ValueText {
  /** With a metric prefix, such as `1.2k`. */
  readonly humanize: string;
  /** A ratio between 0 and 1 as a percentage. */
  readonly humanizePercentage: string;
  /** Seconds as a duration, such as `1m 30s`. */
  readonly humanizeDuration: string;
  /** Milliseconds as a duration, such as `1m 30s`. */
  readonly humanizeMilliseconds: string;
  /** With a fixed number of decimals. */
  readonly fixed: (decimals: number) => string;
}

/** What the words of an alert may quote: the labels that its expression keeps, its value, and its threshold. */
export type Quotes<L extends string> = { readonly [K in L]: string } & {
  readonly value: ValueText;
  /** The threshold as it is configured, in the unit of the alert's panel. */
  readonly threshold: string;
};

const VALUE: ValueText = {
  humanize: '{{ $value | humanize }}',
  humanizePercentage: '{{ $value | humanizePercentage }}',
  humanizeDuration: '{{ $value | humanizeDuration }}',
  // Templates cannot divide, but they can read a duration in any unit.
  humanizeMilliseconds: '{{ $value | printf "%.0fms" | parseDuration | humanizeDuration }}',
  fixed: (decimals) => `{{ $value | printf "%.${decimals}f" }}`,
};

const labelText = (label: string): string => `{{ $labels.${label} }}`;

/** The quotable texts for a threshold; the compiler knows which labels there are, so any name is answered. */
export const quotes = <L extends string>(threshold: number): Quotes<L> =>
  new Proxy({ value: VALUE, threshold: String(threshold) } as Quotes<L>, {
    get: (own, name) => (name in own ? Reflect.get(own, name) : labelText(String(name))),
  });
