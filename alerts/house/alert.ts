import type { Duration, PanelId, Severity } from '#catalog';
import { type Expression, gt, lt, type Vector } from '#promql';
import type { AnySignal, Signal } from '#signals';
import { type Quotes, quotes } from './texts.ts';

/** The limit of an alert, in the unit of its signal, and why it lies there. */
export interface Threshold {
  readonly value: number;
  readonly because: string;
}

/** An alert, no more urgent, that says nothing new while another fires with the same values of some labels. */
export interface Inhibition<L extends string = string> {
  readonly alert: string;
  /** Labels that both have with one value. */
  readonly equal: readonly L[];
  /** Values of the inhibiting alert's own labels without which it inhibits nothing. @default - any */
  readonly when?: { readonly [K in L]?: string };
}

/** A dashboard variable that a link to the owner panel can set from a label of the same name. */
export type LinkLabel = 'job' | 'credential';

/** An alert, resolved from its definition: everything that rules, routes, panels, tests and documents read. */
export interface Alert<N extends string = string> {
  readonly kind: 'alert';
  readonly name: N;
  readonly severity: Severity;
  /** How long the expression holds before the alert fires; null fires at once. */
  readonly for: Duration | null;
  /** Null for the Watchdog alone: it has nothing to compare. */
  readonly threshold: Threshold | null;
  /** What the alert compares; null for the Watchdog alone. */
  readonly signal: AnySignal | null;
  /** The panel to which the alert links, which draws its signal; null for the Watchdog alone. */
  readonly panel: PanelId | null;
  readonly expr: (threshold: number) => Expression;
  readonly summary: (threshold: number) => string;
  readonly description: (threshold: number) => string;
  /** The essence of the runbook, for whoever cannot open it. */
  readonly action: string;
  /** Labels of the alert beside those of its expression and its severity. */
  readonly labels: Readonly<Record<string, string>>;
  readonly links: readonly LinkLabel[];
  readonly inhibits: readonly Inhibition[];
  /** The receiver that gets this alert in place of its severity's. */
  readonly receiver: string | null;
}

/** An alert as its author writes it; `L` are the labels that its expression keeps, and the only ones it may quote. */
export interface AlertDefinition<N extends string, L extends string, S extends string = L> {
  /** Subject and symptom in PascalCase; the runbook is `runbooks/<name>.md`. */
  readonly name: N;
  readonly severity: Exclude<Severity, 'none'>;
  /** How long the expression holds before the alert fires. */
  readonly for: Duration;
  /** What the alert compares with its threshold. */
  readonly signal: Signal<S>;
  readonly threshold: Threshold;
  readonly panel: PanelId;
  /**
   * Narrows what is beyond the threshold, for instance to where there is enough traffic; the alert has the labels of the
   * result. @default - nothing is narrowed
   */
  readonly where?: (beyond: Vector<NoInfer<S>>) => Vector<L>;
  readonly summary: (quote: Quotes<L>) => string;
  readonly description: (quote: Quotes<L>) => string;
  readonly action: string;
  /** @default - no further labels */
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels that the link to the panel narrows it to. @default - none */
  readonly links?: readonly (NoInfer<L> & LinkLabel)[];
  /** Alerts that keep quiet while this one fires. @default - none */
  readonly inhibits?: readonly Inhibition<NoInfer<L>>[];
}

/** Declares an alert; a text that quotes a label which the alert lacks does not compile. */
export const alert = <const N extends string, S extends string, L extends string = S>(
  definition: AlertDefinition<N, L, S>,
): Alert<N> => {
  const { signal, where = (beyond) => beyond as unknown as Vector<L>, summary, description, ...rest } = definition;
  const compare = signal.bad === 'above' ? gt : lt;
  return {
    kind: 'alert',
    labels: {},
    links: [],
    inhibits: [],
    receiver: null,
    ...rest,
    signal,
    expr: (threshold) => where(compare(signal.measure(signal.range ?? MOMENT), threshold)),
    summary: (threshold) => summary(quotes(threshold)),
    description: (threshold) => description(quotes(threshold)),
  };
};

/** The window that is passed to signals without one, which ignore it. */
const MOMENT: Duration = '1m';

/** An alert that always fires, as its author writes it. */
export interface HeartbeatDefinition<N extends string> {
  readonly name: N;
  readonly expr: () => Vector<never>;
  readonly summary: string;
  readonly description: string;
  readonly action: string;
}

/** Declares an alert that always fires, so that its absence shows that alerting is broken. */
export const heartbeat = <const N extends string>(definition: HeartbeatDefinition<N>): Alert<N> => ({
  kind: 'alert',
  severity: 'none',
  for: null,
  signal: null,
  threshold: null,
  panel: null,
  labels: {},
  links: [],
  inhibits: [],
  receiver: null,
  ...definition,
  summary: () => definition.summary,
  description: () => definition.description,
});

/** The number that an alert's expression and words take; the Watchdog's take none. */
export const thresholdValue = ({ threshold }: Alert): number => threshold?.value ?? 0;
