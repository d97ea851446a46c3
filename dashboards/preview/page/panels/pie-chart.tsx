import { type FieldDisplay, formattedValueToString } from '@grafana/data';
import { LegendDisplayMode } from '@grafana/schema';
import { SeriesVisibilityChangeMode, VizLayout, VizLegend, type VizLegendItem } from '@grafana/ui';
import type { ReactNode } from 'react';
import { fieldsOf } from '../json.ts';
import { legendOf, useVisible } from './legend.ts';
import { NoData } from './no-data.tsx';
import type { DrawingProps } from './panel.ts';
import { useValues } from './values.ts';

/** The hole of a donut, as a part of the radius. */
const HOLE = 0.6;
const MARGIN = 8;
const FULL_TURN = 2 * Math.PI;
/** A slice of all is two halves: an arc cannot end where it starts. */
const ALMOST_ALL = 0.9999;

interface Slice {
  readonly value: FieldDisplay;
  readonly from: number;
  readonly share: number;
}

const nameOf = ({ display, name }: FieldDisplay): string => display.title ?? name;

const amount = ({ display }: FieldDisplay): number => Math.max(0, display.numeric || 0);

const slicesOf = (values: readonly FieldDisplay[]): readonly Slice[] => {
  const total = values.reduce((sum, value) => sum + amount(value), 0);
  let from = 0;
  return values.map((value) => {
    const slice = { value, from, share: total > 0 ? amount(value) / total : 0 };
    from += slice.share;
    return slice;
  });
};

const at = (radius: number, part: number): string =>
  `${radius * Math.sin(part * FULL_TURN)} ${-radius * Math.cos(part * FULL_TURN)}`;

const outline = ({ from, share }: Slice, radius: number, hole: number): string => {
  const to = from + Math.min(share, ALMOST_ALL);
  const large = share > 0.5 ? 1 : 0;
  const outer = `M ${at(radius, from)} A ${radius} ${radius} 0 ${large} 1 ${at(radius, to)}`;
  return hole === 0
    ? `${outer} L 0 0 Z`
    : `${outer} L ${at(hole, to)} A ${hole} ${hole} 0 ${large} 0 ${at(hole, from)} Z`;
};

const percent = (share: number): string => `${Math.round(share * 100)}%`;

interface PieProps {
  readonly slices: readonly Slice[];
  readonly donut: boolean;
  readonly width: number;
  readonly height: number;
}

const Pie = ({ slices, donut, width, height }: PieProps): ReactNode => {
  const radius = Math.max(0, Math.min(width, height) / 2 - MARGIN);
  const half = { x: width / 2, y: height / 2 };
  return (
    <svg width={width} height={height} role="img" aria-label="Pie chart">
      <g transform={`translate(${half.x} ${half.y})`}>
        {slices
          .filter(({ share }) => share > 0)
          .map((slice) => (
            <path
              key={nameOf(slice.value)}
              d={outline(slice, radius, donut ? radius * HOLE : 0)}
              fill={slice.value.display.color}
            >
              <title>{`${nameOf(slice.value)}: ${formattedValueToString(slice.value.display)} (${percent(slice.share)})`}</title>
            </path>
          ))}
      </g>
    </svg>
  );
};

const words = (values: unknown): readonly string[] => (Array.isArray(values) ? values.map(String) : []);

/** The legend's own values: the value, the percentage, or both. */
const columns = ({ value: { display }, share }: Slice, shown: readonly string[]): VizLegendItem['getDisplayValues'] => {
  const value = { ...display, title: 'Value' };
  const part = { numeric: share, text: percent(share), title: 'Percent' };
  return () => [...(shown.includes('value') ? [value] : []), ...(shown.includes('percent') ? [part] : [])];
};

/** A slice a series, with a legend that toggles. */
export const PieChartPanel = (props: DrawingProps): ReactNode => {
  const { panel, width, height } = props;
  const values = useValues(props, false);
  const [shown, toggle] = useVisible(values.map(nameOf));
  const legend = legendOf(panel.options);
  const legendValues = words(fieldsOf(panel.options.legend).values);
  const visible = values.filter((value) => shown === null || shown.has(nameOf(value)));
  const slices = slicesOf(visible);
  if (values.length === 0) return <NoData panel={panel} />;
  const items = values.map((value): VizLegendItem => {
    const slice = slices.find((each) => each.value === value);
    return {
      label: nameOf(value),
      color: value.display.color,
      yAxis: 1,
      disabled: slice === undefined,
      getItemKey: () => nameOf(value),
      ...(slice === undefined ? {} : { getDisplayValues: columns(slice, legendValues) }),
    };
  });
  const legendElement = legend.showLegend ? (
    <VizLayout.Legend placement={legend.placement}>
      <VizLegend
        placement={legend.placement}
        displayMode={legend.displayMode ?? LegendDisplayMode.List}
        items={items}
        onLabelClick={({ label }, { ctrlKey, metaKey, shiftKey }) =>
          toggle(
            label,
            ctrlKey || metaKey || shiftKey
              ? SeriesVisibilityChangeMode.AppendToSelection
              : SeriesVisibilityChangeMode.ToggleSelection,
          )
        }
      />
    </VizLayout.Legend>
  ) : null;
  return (
    <VizLayout width={width} height={height} legend={legendElement}>
      {(pieWidth, pieHeight) => (
        <Pie slices={slices} donut={panel.options.pieType === 'donut'} width={pieWidth} height={pieHeight} />
      )}
    </VizLayout>
  );
};
