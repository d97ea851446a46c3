import {
  type DataFrame,
  type DisplayValue,
  dateTimeFormat,
  type Field,
  FieldColorModeId,
  FieldType,
  formattedValueToString,
  getFieldDisplayName,
} from '@grafana/data';
import { LegendDisplayMode } from '@grafana/schema';
import { useTheme2, VizLayout, VizLegend } from '@grafana/ui';
import type { ReactNode } from 'react';
import { flagOf, numberOf, wordOf } from '../json.ts';
import { shownTime } from '../time.ts';
import { legendOf } from './legend.ts';
import { NoData } from './no-data.tsx';
import type { DrawingProps } from './panel.ts';

const AXIS_HEIGHT = 22;
/** Parts of the panel's width, and the least of it in pixels. */
const NAME_SHARE = 0.2;
const NAME_LEAST = 60;
const TICK_WIDTH = 120;
const DAY_MS = 24 * 60 * 60 * 1000;

/** How long something had one value. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly color: string;
}

interface Lane {
  readonly name: string;
  readonly spans: readonly Span[];
}

const NO_COLOR = 'transparent';

/** A value holds until the next, but over a gap no longer than its own interval. */
const endOf = (times: readonly number[], index: number, time: Field, end: number): number => {
  const next = times[index + 1] ?? end;
  const interval = numberOf(time.config.interval, 0);
  return interval > 0 ? Math.min(next, (times[index] ?? end) + interval) : next;
};

/** The steps of thresholds in the words of a legend: `< 60`, `60+`. */
const stepsOf = ({ config, display }: Field): readonly { readonly from: number; readonly label: string }[] => {
  const steps = config.thresholds?.steps ?? [];
  const text = (value: number): string => (display ? formattedValueToString(display(value)) : String(value));
  return steps.map(({ value }, index) => ({
    from: value,
    label: index === 0 ? `< ${text(steps[1]?.value ?? Number.POSITIVE_INFINITY)}` : `${text(value)}+`,
  }));
};

/** Without mappings a value that is coloured by thresholds stands for its step. */
const showsSteps = ({ type, config }: Field): boolean =>
  type === FieldType.number &&
  config.color?.mode === FieldColorModeId.Thresholds &&
  (config.mappings ?? []).length === 0 &&
  (config.thresholds?.steps.length ?? 0) > 1;

const displayOf = (field: Field, value: unknown): DisplayValue => {
  const display = field.display?.(value) ?? { text: String(value), numeric: Number.NaN, color: NO_COLOR };
  const step = showsSteps(field) ? stepsOf(field).findLast(({ from }) => display.numeric >= from) : undefined;
  return step === undefined ? display : { numeric: display.numeric, color: display.color, text: step.label };
};

const spansOf = (time: Field, field: Field, end: number): readonly Span[] =>
  field.values.flatMap((value, index) => {
    if (value === null || value === undefined) return [];
    const display = displayOf(field, value);
    const from = Number(time.values[index]);
    return [
      {
        from,
        to: endOf(time.values, index, time, end),
        text: formattedValueToString(display),
        color: display.color ?? NO_COLOR,
      },
    ];
  });

/** Neighbours that show the same are one. */
const merged = (spans: readonly Span[]): readonly Span[] => {
  const all: Span[] = [];
  for (const span of spans) {
    const last = all.at(-1);
    const continues = last?.text === span.text && last.color === span.color && last.to >= span.from;
    if (continues) all[all.length - 1] = { ...last, to: span.to };
    else all.push(span);
  }
  return all;
};

const lanesOf = (frames: DataFrame[], end: number, merge: boolean): readonly Lane[] =>
  frames.flatMap((frame) => {
    const time = frame.fields.find(({ type }) => type === FieldType.time);
    if (time === undefined) return [];
    return frame.fields
      .filter((field) => field !== time && field.type !== FieldType.other)
      .map((field) => {
        const spans = spansOf(time, field, end);
        return { name: getFieldDisplayName(field, frame, frames), spans: merge ? merged(spans) : spans };
      });
  });

const ticks = (from: number, to: number, width: number): readonly number[] => {
  const count = Math.max(1, Math.floor(width / TICK_WIDTH));
  return Array.from({ length: count }, (_, index) => from + ((index + 0.5) * (to - from)) / count);
};

interface LanesProps {
  readonly lanes: readonly Lane[];
  readonly width: number;
  readonly height: number;
  readonly from: number;
  readonly to: number;
  readonly timeZone: string;
  readonly rowHeight: number;
  readonly values: boolean;
}

/** About the width of a character of a small text, in pixels. */
const CHARACTER = 7;

const Lanes = ({ lanes, width, height, from, to, timeZone, rowHeight, values }: LanesProps): ReactNode => {
  const theme = useTheme2();
  const names = Math.max(NAME_LEAST, width * NAME_SHARE);
  const plot = Math.max(0, width - names);
  const lane = Math.max(1, (height - AXIS_HEIGHT) / lanes.length);
  const x = (at: number): number => names + ((Math.min(to, Math.max(from, at)) - from) / (to - from)) * plot;
  const bar = lane * rowHeight;
  const format = to - from > DAY_MS ? 'MM/DD HH:mm' : 'HH:mm';
  return (
    <svg
      width={width}
      height={height}
      role="img"
      aria-label="State timeline"
      fontSize={12}
      fill={theme.colors.text.primary}
    >
      {lanes.map(({ name, spans }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two lanes may have the same name
        <g key={index} transform={`translate(0 ${index * lane})`}>
          <svg width={names - 8} height={lane} aria-hidden="true">
            <text x={0} y={lane / 2} dominantBaseline="middle">
              {name}
            </text>
          </svg>
          {spans
            .filter((span) => span.to > from && span.from < to)
            .map((span) => {
              const [left, right] = [x(span.from), x(span.to)];
              return (
                <g key={span.from}>
                  <rect x={left} y={(lane - bar) / 2} width={Math.max(1, right - left)} height={bar} fill={span.color}>
                    <title>{`${name}: ${span.text}\n${shownTime(span.from, timeZone)} – ${shownTime(span.to, timeZone)}`}</title>
                  </rect>
                  {values && right - left > span.text.length * CHARACTER && (
                    <text
                      x={left + 4}
                      y={lane / 2}
                      dominantBaseline="middle"
                      fill={theme.colors.getContrastText(theme.visualization.getColorByName(span.color))}
                      pointerEvents="none"
                    >
                      {span.text}
                    </text>
                  )}
                </g>
              );
            })}
        </g>
      ))}
      {ticks(from, to, plot).map((at) => (
        <text key={at} x={x(at)} y={height - 6} textAnchor="middle">
          {dateTimeFormat(at, { format, timeZone })}
        </text>
      ))}
    </svg>
  );
};

const legendItems = (lanes: readonly Lane[]) => {
  const texts = new Map(lanes.flatMap(({ spans }) => spans.map(({ text, color }) => [text, color] as const)));
  return [...texts].map(([label, color]) => ({ label, color, yAxis: 1 }));
};

const ROW_HEIGHT = 0.9;

/** A lane a series, in the colour of its value at each time. */
const timeline = (props: DrawingProps, merge: boolean): ReactNode => {
  const { panel, frames, width, height, timeRange, timeZone } = props;
  const [from, to] = [timeRange.from.valueOf(), timeRange.to.valueOf()];
  const lanes = lanesOf(frames, to, merge);
  if (lanes.every(({ spans }) => spans.length === 0)) return <NoData panel={panel} />;
  const legend = legendOf(panel.options);
  const legendElement = legend.showLegend ? (
    <VizLayout.Legend placement={legend.placement}>
      <VizLegend
        placement={legend.placement}
        displayMode={LegendDisplayMode.List}
        items={legendItems(lanes)}
        readonly
      />
    </VizLayout.Legend>
  ) : null;
  return (
    <VizLayout width={width} height={height} legend={legendElement}>
      {(plotWidth, plotHeight) => (
        <Lanes
          lanes={lanes}
          width={plotWidth}
          height={plotHeight}
          from={from}
          to={to}
          timeZone={timeZone}
          rowHeight={numberOf(panel.options.rowHeight, ROW_HEIGHT)}
          values={wordOf(panel.options.showValue, ['auto', 'always', 'never']) !== 'never'}
        />
      )}
    </VizLayout>
  );
};

export const StateTimelinePanel = (props: DrawingProps): ReactNode =>
  timeline(props, flagOf(props.panel.options.mergeValues, true));

/** The same without merging what is equal. */
export const StatusHistoryPanel = (props: DrawingProps): ReactNode => timeline(props, false);
