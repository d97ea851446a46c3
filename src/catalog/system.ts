import type { Metric } from './metric.ts';

/** Metrics that one program exports, or that rules record. */
export interface MetricFamily {
  /** The heading of the metrics in documents. */
  readonly title: string;
  readonly metrics: Readonly<Record<string, Metric>>;
}

/** What is observed, wherever it runs: its name is that of its folders, of its settings and, by default, of its `job`. */
export interface System {
  readonly name: string;
  readonly title: string;
  readonly families: readonly MetricFamily[];
  /**
   * Who runs its targets. `component`: this stack deploys them, and they are found as its pods. `external`: somebody
   * else does, and the configuration says how they are found (`systems.<name>`).
   */
  readonly runs: 'component' | 'external';
}

/** Every metric of a system. */
export const metricsOf = ({ families }: Pick<System, 'families'>): readonly Metric[] =>
  families.flatMap(({ metrics }) => Object.values(metrics));
