import {
  type Duration,
  type Histogram,
  type LabelMap,
  type Metric,
  TARGETS,
  type TargetLabel,
  toSeconds,
} from '#catalog';

/** One series of a rule test: its name with labels, and its samples in promtool's notation. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** A firing alert: its labels beside name and severity, and what it reads like. */
export interface Firing {
  readonly labels: Readonly<Record<string, string>>;
  /** @default - the words are not looked at */
  readonly reads?: { readonly summary: string; readonly description: string };
}

/** What holds at a time, in seconds from the first sample: the alerts that fire, or none. */
export interface Check {
  readonly at: number;
  readonly fires: readonly Firing[];
}

/** A query and its answer at a time. */
export interface Question {
  readonly query: string;
  readonly at: number;
  readonly answer: readonly { readonly labels: string; readonly value: number }[];
}

/** A story told in samples, and what an alert makes of it. */
export interface AlertCase {
  /** The rest of a sentence that begins with the alert's name. */
  readonly title: string;
  /** Between two samples, and between two evaluations. @default '1m' */
  readonly interval?: Duration;
  readonly series: readonly InputSeries[];
  readonly checks: readonly Check[];
  /** @default - none */
  readonly questions?: readonly Question[];
}

type TargetLabels = { readonly [K in TargetLabel]?: string };
type SeriesLabels<L extends LabelMap> = { readonly [K in keyof L]: L[K] } & TargetLabels;

const TARGET: Readonly<Record<TargetLabel, string>> = { job: TARGETS.proxy.job, instance: 'proxy-0' };

const notation = (name: string, labels: Readonly<Record<string, string | undefined>>): string => {
  const pairs = Object.entries({ ...TARGET, ...labels }).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
  return `${name}{${pairs.join(', ')}}`;
};

/** A series of a metric, with exactly its labels; without target labels it is the first replica's of the proxy. */
export const series = <L extends LabelMap>(
  metric: Metric<L>,
  labels: SeriesLabels<L>,
  values: string,
): InputSeries => ({ series: notation(metric.name, labels), values });

/** Enough samples for every story that is told minute by minute: a day. */
const DAY = 1_440;

/** A value that stays. */
export const constant = (value: number, samples = DAY): string => `${value}x${samples}`;

/** A value that grows by the same amount with every sample, from 0 or from a start. */
export const growing = (step: number, { from = 0, samples = DAY } = {}): string => `${from}+${step}x${samples}`;

/** Values that follow one another. */
export const inOrder = (...parts: readonly string[]): string => parts.join(' ');

/** The series of a histogram whose observations all lie at one value; each counter grows by a step, evenly unless told otherwise. */
export const observations = <L extends LabelMap>(
  metric: Histogram<L>,
  labels: SeriesLabels<L>,
  {
    at,
    step,
    grow = growing,
  }: { readonly at: number; readonly step: number; readonly grow?: (step: number) => string },
): readonly InputSeries[] => [
  ...[...metric.buckets, Number.POSITIVE_INFINITY].map((bound) => ({
    series: notation(`${metric.name}_bucket`, { ...labels, le: Number.isFinite(bound) ? String(bound) : '+Inf' }),
    values: grow(at <= bound ? step : 0),
  })),
  { series: notation(`${metric.name}_count`, labels), values: grow(step) },
  { series: notation(`${metric.name}_sum`, labels), values: grow(step * at) },
];

/** Minutes in seconds. */
export const minutes = (count: number): number => 60 * count;

/** Hours in seconds. */
export const hours = (count: number): number => 3_600 * count;

/** What a rule test needs to know of the alert that it is about. */
export interface Subject {
  readonly alertname: string;
  readonly severity: string;
}

/** Whether the words of alerts are compared as well. */
export type Depth = 'labels' | 'words';

/**
 * A file of rule tests as promtool reads it; with words, only the checks that say how an alert reads are made.
 *
 * @see https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
 */
export const ruleTest = (
  subject: Subject,
  story: AlertCase,
  { rules, depth }: { rules: string; depth: Depth },
): object => ({
  rule_files: [rules],
  evaluation_interval: story.interval ?? '1m',
  fuzzy_compare: true,
  tests: [
    {
      name: story.title,
      interval: story.interval ?? '1m',
      input_series: story.series,
      alert_rule_test: checksAt(story, depth).map((check) => alertTest(subject, check, depth)),
      promql_expr_test: (story.questions ?? []).map(questionTest),
    },
  ],
});

/** The checks of a story that a depth can make. */
export const checksAt = ({ checks }: AlertCase, depth: Depth): readonly Check[] =>
  depth === 'labels' ? checks : checks.filter(({ fires }) => fires.length > 0 && fires.every(({ reads }) => reads));

const alertTest = ({ alertname, severity }: Subject, { at, fires }: Check, depth: Depth): object => ({
  alertname,
  eval_time: `${at}s`,
  exp_alerts: fires.map(({ labels, reads }) => ({
    exp_labels: { severity, ...labels },
    ...(depth === 'words' ? { exp_annotations: reads } : {}),
  })),
});

const questionTest = ({ query, at, answer }: Question): object => ({
  expr: query,
  eval_time: `${at}s`,
  exp_samples: answer,
});

/** A length of time in seconds; null is none. */
export const lengthOf = (duration: Duration | null): number => (duration === null ? 0 : toSeconds(duration));
