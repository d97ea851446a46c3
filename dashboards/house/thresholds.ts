import { type Threshold, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Severity, ThresholdLine } from '#catalog';
import { COLORS, SEVERITY_COLORS } from './colors.ts';

/** A value from which on a panel changes colour without any alert: it helps to read the panel, and nobody is told. */
export interface DisplayLine {
  readonly from: number;
  readonly color: string;
}

/** From here on a window's utilization is worth a look, in percent; the source dashboard (000) turns yellow there. */
export const WORTH_A_LOOK: DisplayLine = { from: 60, color: COLORS.notice };

/** One cooldown is worth a look; the source dashboard (000) turns yellow there. */
export const FIRST_COOLDOWN: DisplayLine = { from: 1, color: COLORS.notice };

/** The thresholds of a panel: from each value on, the colour of the gravest alert that fires there. */
export const thresholdsOf = (
  lines: readonly ThresholdLine[],
  display: readonly DisplayLine[] = [],
): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(lines, display));

const stepsOf = (lines: readonly ThresholdLine[], display: readonly DisplayLine[]): Threshold[] => {
  const starts = [...new Set([...lines.map(({ value }) => value), ...display.map(({ from }) => from)])];
  return [
    { value: null, color: colorAt(Number.NEGATIVE_INFINITY, lines, display) },
    ...starts.sort((a, b) => a - b).map((value) => ({ value, color: colorAt(value, lines, display) })),
  ];
};

/** A line that fires below its value colours what lies under it; one that fires above, what lies from it on. */
const colorAt = (value: number, lines: readonly ThresholdLine[], display: readonly DisplayLine[]): string => {
  const firing = lines.filter((line) => (line.fires === 'above' ? value >= line.value : value < line.value));
  const shown = display.filter(({ from }) => value >= from).sort((a, b) => b.from - a.from)[0];
  return severest(firing) ?? shown?.color ?? COLORS.good;
};

const GRAVITY: readonly Severity[] = ['page', 'ticket'];

const severest = (firing: readonly ThresholdLine[]): string | null => {
  const severity = GRAVITY.find((one) => firing.some((line) => line.severity === one));
  return severity === undefined ? null : SEVERITY_COLORS[severity];
};

/** The sentence that says whose lines a panel has; empty where it has none. */
export const legendOfLines = (lines: readonly ThresholdLine[]): string =>
  lines
    .filter(({ severity }) => severity !== 'none')
    .map(({ alert, severity, value, fires }) => `${alert} (${severity}) fires ${fires} ${value}.`)
    .join(' ');
