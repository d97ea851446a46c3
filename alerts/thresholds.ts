import type { PanelId, ThresholdLine, Thresholds } from '#catalog';
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

const lines = ({ name, severity, threshold }: Alert): readonly ThresholdLine[] =>
  threshold === null ? [] : [{ alert: name, severity, value: threshold.value, fires: threshold.fires ?? 'above' }];
