import type { PanelId, ThresholdLine, Thresholds } from '#catalog';
import { print } from '#promql';
import type { Alert } from './alert.ts';
import { type AlertGroup, alertsOf } from './group.ts';

/** The threshold lines that the alerts of some groups draw on their owner panels. */
export const thresholdsOf = (groups: readonly AlertGroup[]): Thresholds => {
  const alerts = alertsOf(groups);
  return (panel) =>
    alerts
      .filter((alert) => isOwner(panel, alert))
      .flatMap(lines)
      .toSorted((a, b) => a.value - b.value);
};

const isOwner = ({ dashboard, id }: PanelId, { panel }: Alert): boolean =>
  panel !== null && panel.dashboard === dashboard && panel.id === id;

const lines = ({ name, severity, threshold, series, expr }: Alert): readonly ThresholdLine[] =>
  threshold === null
    ? []
    : [
        {
          alert: name,
          severity,
          value: threshold.value,
          fires: threshold.fires ?? 'above',
          ...(series === null ? {} : { series }),
          ...over(print(expr(threshold.value))),
        },
      ];

const RANGE = /\[(\w+)\]/g;

/** The range of an expression's selectors, where they have one and the same. */
const over = (expression: string): Pick<ThresholdLine, 'over'> => {
  const [range, ...others] = new Set([...expression.matchAll(RANGE)].map(([, text]) => text));
  return range === undefined || others.length > 0 ? {} : { over: range };
};
