import {
  type FieldDisplay,
  formattedValueToString,
  GAUGE_DEFAULT_MAXIMUM,
  GAUGE_DEFAULT_MINIMUM,
  type GrafanaTheme2,
  ThresholdsMode,
} from '@grafana/data';
import { calculateFontSize, useTheme2, VizRepeater } from '@grafana/ui';
import type { ReactNode } from 'react';
import { flagOf, numberOf } from '../json.ts';
import type { DrawingProps } from './panel.ts';
import { ValueLinks } from './value-links.tsx';
import { orientationOf, textSizesOf, useValues } from './values.ts';

/** The arc starts and ends this far below the horizontal, in degrees. */
const BELOW_HORIZON = 30;
const SWEEP = 180 + 2 * BELOW_HORIZON;
const TITLE_HEIGHT = 24;
const TITLE_SIZE = 14;
/** Parts of the radius. */
const BAR = 0.2;
const THRESHOLDS = 0.06;
const SPACE = 0.03;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The point of the circle where this part of the sweep ends. */
const at = (center: Point, radius: number, part: number): Point => {
  const angle = ((180 - BELOW_HORIZON + part * SWEEP) * Math.PI) / 180;
  return { x: center.x + radius * Math.cos(angle), y: center.y + radius * Math.sin(angle) };
};

const arc = (center: Point, radius: number, from: number, to: number): string => {
  const [start, end] = [at(center, radius, from), at(center, radius, to)];
  const large = (to - from) * SWEEP > 180 ? 1 : 0;
  return `M ${start.x} ${start.y} A ${radius} ${radius} 0 ${large} 1 ${end.x} ${end.y}`;
};

const partOf = (value: number, min: number, max: number): number =>
  max > min && Number.isFinite(value) ? Math.min(1, Math.max(0, (value - min) / (max - min))) : 0;

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly color: string;
}

/** The ring of thresholds, as parts of the sweep. */
const pieces = ({ field }: FieldDisplay, min: number, max: number, theme: GrafanaTheme2): readonly Piece[] => {
  const { steps = [], mode } = field.thresholds ?? {};
  const position = (value: number): number =>
    mode === ThresholdsMode.Percentage ? partOf(value, 0, 100) : partOf(value, min, max);
  return steps
    .map(({ value, color }, index) => ({
      from: Number.isFinite(value) ? position(value) : 0,
      to: position(steps[index + 1]?.value ?? Number.POSITIVE_INFINITY) || (steps[index + 1] === undefined ? 1 : 0),
      color: theme.visualization.getColorByName(color),
    }))
    .filter(({ from, to }) => to > from);
};

interface ArcProps {
  readonly value: FieldDisplay;
  readonly width: number;
  readonly height: number;
  readonly markers: boolean;
  readonly valueSize: number | undefined;
  readonly titled: boolean;
}

/** How high the arc is, in radii: below its centre it goes down by the sine of what is below the horizontal. */
const HEIGHT = 1 + Math.sin((BELOW_HORIZON * Math.PI) / 180);
const MARGIN = 2;

const radiusIn = (width: number, height: number): number => Math.max(0, Math.min(width / 2, height / HEIGHT) - MARGIN);

const Gauge = ({ value, width, height, markers, valueSize, titled }: ArcProps): ReactNode => {
  const theme = useTheme2();
  const { display, field } = value;
  const space = Math.max(0, titled ? height - TITLE_HEIGHT : height);
  const radius = radiusIn(width, space);
  const center = { x: width / 2, y: radius + MARGIN };
  const [min, max] = [field.min ?? GAUGE_DEFAULT_MINIMUM, field.max ?? GAUGE_DEFAULT_MAXIMUM];
  const ring = markers ? radius * (THRESHOLDS + SPACE) : 0;
  const barRadius = radius - ring - (radius * BAR) / 2;
  const text = formattedValueToString(display);
  const size = valueSize ?? calculateFontSize(text, barRadius * 1.4, radius * 0.5, 1, radius * 0.4);
  const filled = partOf(display.numeric, min, max);
  return (
    <div className="preview-gauge" style={{ width, height }}>
      <svg width={width} height={radius * HEIGHT + 2 * MARGIN} role="img" aria-label={`${display.title ?? ''} ${text}`}>
        <path
          d={arc(center, barRadius, 0, 1)}
          fill="none"
          stroke={theme.colors.background.secondary}
          strokeWidth={radius * BAR}
        />
        {filled > 0 && (
          <path d={arc(center, barRadius, 0, filled)} fill="none" stroke={display.color} strokeWidth={radius * BAR} />
        )}
        {markers &&
          pieces(value, min, max, theme).map(({ from, to, color }) => (
            <path
              key={from}
              d={arc(center, radius * (1 - THRESHOLDS / 2), from, to)}
              fill="none"
              stroke={color}
              strokeWidth={radius * THRESHOLDS}
            />
          ))}
        <text
          x={center.x}
          y={center.y + size / 3}
          textAnchor="middle"
          fill={display.color}
          fontSize={size}
          fontWeight={500}
        >
          {text}
        </text>
      </svg>
      {titled && (
        <div
          className="preview-gauge-title"
          style={{ fontSize: TITLE_SIZE, height: TITLE_HEIGHT }}
          title={display.title}
        >
          {display.title}
        </div>
      )}
    </div>
  );
};

const MIN_SIZE = 75;

/** An arc a series. */
export const GaugePanel = (props: DrawingProps): ReactNode => {
  const { width, height, panel } = props;
  const { options } = panel;
  const values = useValues(props, false);
  return (
    <VizRepeater
      width={width}
      height={height}
      source={values}
      getValues={() => values}
      itemSpacing={8}
      orientation={orientationOf(options)}
      autoGrid
      minVizWidth={numberOf(options.minVizWidth, MIN_SIZE)}
      minVizHeight={numberOf(options.minVizHeight, MIN_SIZE)}
      renderCounter={0}
      renderValue={({ value, count, ...size }) => (
        <ValueLinks value={value}>
          <Gauge
            value={value}
            width={size.width}
            height={size.height}
            markers={flagOf(options.showThresholdMarkers, true)}
            valueSize={textSizesOf(options).valueSize}
            titled={(count > 1 || value.field.displayName !== undefined) && (value.display.title ?? '') !== ''}
          />
        </ValueLinks>
      )}
    />
  );
};
