import type { Duration, PanelId, Severity } from '#catalog';
import type { Expression, Vector } from '#promql';
import { type Quotes, quotes } from './texts.ts';

/** What the numbers of a threshold are; alerts that share an owner panel share it, and the panel shows the same. */
export type ThresholdUnit = 'percent' | 'milliseconds' | 'seconds' | 'perMinute' | 'perHour' | 'count';

/** The limit of an alert, in the unit of its panel, and why it lies there. */
export interface Threshold {
  readonly value: number;
  readonly unit: ThresholdUnit;
  readonly because: string;
  /** On which side of the limit the alert fires. @default 'above' */
  readonly fires?: 'above' | 'below';
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
  readonly wait: Duration | null;
  /** Null for the Watchdog alone: it has nothing to compare. */
  readonly threshold: Threshold | null;
  /** The panel that draws the threshold; null for the Watchdog alone. */
  readonly panel: PanelId | null;
  /** The series of the panel that the expression compares, by its legend; null where all of them are. */
  readonly series: string | null;
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
export interface AlertDefinition<N extends string, L extends string> {
  /** Subject and symptom in PascalCase; the runbook is `runbooks/<name>.md`. */
  readonly name: N;
  readonly severity: Exclude<Severity, 'none'>;
  /** How long the expression holds before the alert fires. */
  readonly wait: Duration;
  readonly threshold: Threshold;
  readonly panel: PanelId;
  /** The series of the panel that the alert compares, by its legend; `{label}` stands for what varies. @default - all of them */
  readonly series?: string;
  readonly expr: (threshold: number) => Vector<L>;
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

/** Declares an alert; words that quote a label which the expression dropped do not compile. */
export const alert = <const N extends string, L extends string>(definition: AlertDefinition<N, L>): Alert<N> => ({
  kind: 'alert',
  labels: {},
  links: [],
  inhibits: [],
  receiver: null,
  series: null,
  ...definition,
  summary: (threshold) => definition.summary(quotes(threshold)),
  description: (threshold) => definition.description(quotes(threshold)),
});

/** An alert that always fires, as its author writes it. */
export interface HeartbeatDefinition<N extends string> {
  readonly name: N;
  readonly expr: () => Vector<never>;
  readonly summary: string;
  readonly description: string;
  readonly action: string;
}

/** Declares an alert that always fires, so that its absence tells that alerting is broken. */
export const heartbeat = <const N extends string>(definition: HeartbeatDefinition<N>): Alert<N> => ({
  kind: 'alert',
  severity: 'none',
  wait: null,
  threshold: null,
  panel: null,
  series: null,
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
