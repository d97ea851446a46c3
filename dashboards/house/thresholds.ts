import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Severity, ThresholdLine } from '#catalog';
import { COLORS, SEVERITY_COLORS } from './colors.ts';

/** A threshold of a panel that belongs to no alert. */
export interface DisplayLine {
  readonly from: number;
  readonly color: string;
}

/** The utilization of a window that is worth a look, in percent; the source dashboard (000) turns yellow there. */
export const WORTH_A_LOOK: DisplayLine = { from: 60, color: COLORS.notice };

/** One cooldown is worth a look; the source dashboard (000) turns yellow there. */
export const FIRST_COOLDOWN: DisplayLine = { from: 1, color: COLORS.notice };

/** Thresholds of gauges and stats, which colour values: each step has the colour of the most severe alert that fires there. */
export const zonesOf = (lines: readonly ThresholdLine[], display: readonly DisplayLine[]): ThresholdsConfigBuilder => {
  const starts = new Set([...lines.map(({ value }) => value), ...display.map(({ from }) => from)]);
  return thresholds(
    zoneAt(Number.NEGATIVE_INFINITY, lines, display),
    [...starts].map((value) => ({ value, color: zoneAt(value, lines, display) })),
  );
};

/** Thresholds of graphs, which are lines: each has the colour of its alert. */
export const marksOf = (lines: readonly ThresholdLine[], display: readonly DisplayLine[]): ThresholdsConfigBuilder => {
  const marks = [
    ...display.map(({ from, color }) => [from, color] as const),
    ...BY_SEVERITY.toReversed().flatMap((severity) =>
      lines.filter((line) => line.severity === severity).map(({ value }) => [value, colorOf(severity)] as const),
    ),
  ];
  return thresholds(
    COLORS.good,
    [...new Map(marks)].map(([value, color]) => ({ value, color })),
  );
};

const thresholds = (below: string, steps: readonly { value: number; color: string }[]): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: below }, ...steps.toSorted((a, b) => a.value - b.value)]);

/** The severities that have a colour, most severe first; of two lines at the same value the more severe is drawn. */
const BY_SEVERITY = ['page', 'ticket'] as const satisfies readonly Severity[];

const colorOf = (severity: Severity): string => SEVERITY_COLORS[severity] ?? COLORS.good;

/** A line of an alert that fires below its value colours what is below; one that fires above, what is above. */
const zoneAt = (value: number, lines: readonly ThresholdLine[], display: readonly DisplayLine[]): string => {
  const firing = lines.filter((line) => (line.fires === 'above' ? value >= line.value : value < line.value));
  const mostSevere = BY_SEVERITY.find((severity) => firing.some((line) => line.severity === severity));
  if (mostSevere !== undefined) return colorOf(mostSevere);
  return display.filter(({ from }) => value >= from).toSorted((a, b) => b.from - a.from)[0]?.color ?? COLORS.good;
};

/** Explains the threshold lines of a panel in a sentence each; empty where there are none. */
export const legendOfLines = (lines: readonly ThresholdLine[], { named }: { readonly named: boolean }): string =>
  lines
    .filter(({ severity }) => severity !== 'none')
    .map((line) => sentence(line, named))
    .join(' ');

const sentence = ({ alert, severity, value, fires, series, over }: ThresholdLine, named: boolean): string =>
  [
    `${alert} (${severity}) fires ${fires} ${value}`,
    ...(over === undefined ? [] : [` over ${over}`]),
    ...(named ? [`, for "${series}"`] : []),
    '.',
  ].join('');
