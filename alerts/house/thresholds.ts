import type { ThresholdLine, Thresholds } from '#catalog';
import type { Alert } from './alert.ts';
import { type AlertGroup, alertsOf } from './group.ts';

/** The threshold lines that the alerts of some groups draw wherever their signals are shown. */
export const thresholdsOf = (groups: readonly AlertGroup[]): Thresholds => {
  const bySignal = Map.groupBy(alertsOf(groups).flatMap(line), ({ signal }) => signal);
  return (signal) =>
    (bySignal.get(signal) ?? []).map(({ signal: _, ...own }) => own).toSorted((a, b) => a.value - b.value);
};

const line = ({
  name,
  severity,
  threshold,
  signal,
}: Alert): readonly (ThresholdLine & { readonly signal: string })[] =>
  threshold === null || signal === null
    ? []
    : [
        {
          signal: signal.id,
          alert: name,
          severity,
          value: threshold.value,
          fires: signal.bad,
          series: signal.legend.replaceAll(/\{\{(\w+)\}\}/g, '{$1}'),
          ...(signal.range === null ? {} : { over: signal.range }),
        },
      ];
