import { BarGaugePanel } from './bar-gauge.tsx';
import { GaugePanel } from './gauge.tsx';
import { LogsPanel } from './logs.tsx';
import type { Drawing } from './panel.ts';
import { PieChartPanel } from './pie-chart.tsx';
import { StatPanel } from './stat.tsx';
import { StateTimelinePanel, StatusHistoryPanel } from './state-timeline.tsx';
import { TablePanel } from './table.tsx';
import { TextPanel } from './text.tsx';
import { TimeSeriesPanel } from './time-series.tsx';

/** How a kind of panel is drawn, and whether it has anything to show without data. */
export interface PanelKind {
  readonly draw: Drawing;
  readonly needsData: boolean;
}

/** Kinds of panels that have a drawing, by the name that dashboards have for them. */
export const PANEL_KINDS: ReadonlyMap<string, PanelKind> = new Map([
  ['bargauge', { draw: BarGaugePanel, needsData: true }],
  ['gauge', { draw: GaugePanel, needsData: true }],
  ['logs', { draw: LogsPanel, needsData: true }],
  ['piechart', { draw: PieChartPanel, needsData: true }],
  ['stat', { draw: StatPanel, needsData: true }],
  ['state-timeline', { draw: StateTimelinePanel, needsData: true }],
  ['status-history', { draw: StatusHistoryPanel, needsData: true }],
  ['table', { draw: TablePanel, needsData: true }],
  ['text', { draw: TextPanel, needsData: false }],
  ['timeseries', { draw: TimeSeriesPanel, needsData: true }],
]);
