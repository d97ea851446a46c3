import {
  type DataFrame,
  EventBusSrv,
  type Field,
  FieldType,
  type GrafanaTheme2,
  getDisplayProcessor,
  getFieldDisplayName,
  type LinkModel,
} from '@grafana/data';
import { type GraphFieldConfig, SortOrder, TooltipDisplayMode } from '@grafana/schema';
import {
  getFieldDisplayItems,
  getFieldDisplayLinks,
  PanelContextProvider,
  TimeSeries,
  TooltipPlugin2,
  type UPlotConfigBuilder,
  useTheme2,
  VizTooltipContent,
  VizTooltipFooter,
  VizTooltipHeader,
  VizTooltipWrapper,
} from '@grafana/ui';
import { type ReactNode, useMemo } from 'react';
import { fieldsOf, flagOf, wordOf } from '../json.ts';
import { shownTime } from '../time.ts';
import { AnnotationLines } from './annotations.tsx';
import { legendOf, onlyVisible, useVisible } from './legend.ts';
import { NoData } from './no-data.tsx';
import type { DrawingProps } from './panel.ts';

/** What Grafana gives a graph whose file says nothing. */
const DEFAULTS = {
  drawStyle: 'line',
  lineInterpolation: 'linear',
  lineWidth: 1,
  fillOpacity: 0,
  gradientMode: 'none',
  barAlignment: 0,
  barWidthFactor: 0.6,
  stacking: { mode: 'none', group: 'A' },
  axisPlacement: 'auto',
  axisLabel: '',
  axisColorMode: 'text',
  axisBorderShow: false,
  scaleDistribution: { type: 'linear' },
  axisCenteredZero: false,
  hideFrom: { tooltip: false, viz: false, legend: false },
  showPoints: 'auto',
  showValues: false,
  pointSize: 5,
  spanNulls: false,
  insertNulls: false,
  thresholdsStyle: { mode: 'off' },
} as const satisfies Record<keyof Omit<GraphFieldConfig, OptionalOption>, unknown>;

/** Options that are unset unless a file sets them. */
type OptionalOption =
  | 'axisGridShow'
  | 'axisSoftMax'
  | 'axisSoftMin'
  | 'axisWidth'
  | 'barMaxWidth'
  | 'fillBelowTo'
  | 'fillColor'
  | 'lineColor'
  | 'lineStyle'
  | 'pointColor'
  | 'pointSymbol'
  | 'transform';

const FLAG_VALUES: Readonly<Record<string, number>> = { true: 1, false: 0 };

/** NaN and infinities are gaps: a scale that takes them in draws no line at all. */
const finite = (value: unknown): number | null => (Number.isFinite(value) ? (value as number) : null);

/** Finite numbers as they are, flags as 1 and 0; nothing else can be drawn over time. */
const plottable = (field: Field, theme: GrafanaTheme2): readonly Field[] => {
  if (field.type === FieldType.time) return [field];
  const config = { ...field.config, custom: { ...DEFAULTS, ...field.config.custom } };
  if (field.type === FieldType.number) return [{ ...field, config, values: field.values.map(finite) }];
  if (field.type !== FieldType.boolean) return [];
  const values = field.values.map((value) => FLAG_VALUES[String(value)] ?? null);
  const number: Field = { ...field, type: FieldType.number, config: { ...config, max: 1, min: 0 }, values };
  return [{ ...number, display: getDisplayProcessor({ field: number, theme }) }];
};

/** An x axis wants its time field first. */
const timeFirst = ({ fields, ...frame }: DataFrame): DataFrame => ({
  ...frame,
  fields: fields.toSorted((a, b) => Number(b.type === FieldType.time) - Number(a.type === FieldType.time)),
});

/** The frames that a graph can draw: a time field and at least one number each. */
const plottableFrames = (frames: readonly DataFrame[], theme: GrafanaTheme2): DataFrame[] =>
  frames
    .map((frame) => timeFirst({ ...frame, fields: frame.fields.flatMap((field) => plottable(field, theme)) }))
    .filter(({ fields }) => fields[0]?.type === FieldType.time && fields.length > 1);

const hasRows = ({ length }: DataFrame): boolean => length > 0;

const SORT: Readonly<Record<string, SortOrder>> = { asc: SortOrder.Ascending, desc: SortOrder.Descending };

/** Of the tooltip plugin: the nearest series alone, or all at the time. */
const HOVER_ONE = 0;
const HOVER_ALL = 1;

interface TooltipOptions {
  readonly mode: TooltipDisplayMode;
  readonly sort: SortOrder;
  readonly hideZeros: boolean;
}

const tooltipOf = (options: unknown): TooltipOptions => {
  const { mode, sort, hideZeros } = fieldsOf(options);
  return {
    mode: wordOf(mode, ['single', 'multi', 'none']) as TooltipDisplayMode,
    sort: SORT[String(sort)] ?? SortOrder.None,
    hideZeros: flagOf(hideZeros),
  };
};

interface TooltipProps {
  readonly frame: DataFrame;
  readonly indexes: (number | null)[];
  readonly nearest: number | null;
  readonly options: TooltipOptions;
  readonly timeZone: string;
  /** Links, when a click has pinned the tooltip. */
  readonly children: ReactNode;
}

const Tooltip = ({ frame, indexes, nearest, options, timeZone, children }: TooltipProps): ReactNode => {
  const [time] = frame.fields;
  if (time === undefined) return null;
  const { mode, sort, hideZeros } = options;
  const items = getFieldDisplayItems(frame.fields, time, indexes, nearest, mode, sort, isNumberField, hideZeros);
  return (
    <VizTooltipWrapper>
      <VizTooltipHeader item={{ label: '', value: shownTime(Number(time.values[indexes[0] ?? 0]), timeZone) }} />
      <VizTooltipContent items={items} />
      {children}
    </VizTooltipWrapper>
  );
};

const linksOf = (field: Field | undefined, row: number): LinkModel<Field>[] =>
  field === undefined ? [] : getFieldDisplayLinks(field, row);

const isNumberField = ({ type }: Field): boolean => type === FieldType.number;

const namesOf = (frames: DataFrame[]): readonly string[] =>
  frames.flatMap((frame) => frame.fields.slice(1).map((field) => getFieldDisplayName(field, frame, frames)));

/** A graph over time: lines, bars or points, with its legend, tooltip, threshold areas and annotations. */
export const TimeSeriesPanel = ({ panel, frames, annotations, onZoom, ...place }: DrawingProps): ReactNode => {
  const { width, height, timeRange, timeZone } = place;
  const theme = useTheme2();
  const all = useMemo(() => plottableFrames(frames, theme), [frames, theme]);
  const [shown, onToggleSeriesVisibility] = useVisible(namesOf(all));
  const drawn = useMemo(() => onlyVisible(all, shown), [all, shown]);
  const legend = useMemo(() => legendOf(panel.options), [panel]);
  const eventBus = useMemo(() => new EventBusSrv(), []);
  const tooltip = tooltipOf(panel.options.tooltip);
  if (!all.some(hasRows)) return <NoData panel={panel} />;
  const plugins = (builder: UPlotConfigBuilder, frame: DataFrame): ReactNode => (
    <>
      <AnnotationLines builder={builder} events={annotations} />
      {tooltip.mode === TooltipDisplayMode.None ? null : (
        <TooltipPlugin2
          config={builder}
          hoverMode={tooltip.mode === TooltipDisplayMode.Single ? HOVER_ONE : HOVER_ALL}
          queryZoom={onZoom}
          getDataLinks={(series, index) => linksOf(frame.fields[series], index)}
          render={(_plot, indexes, nearest, pinned, _dismiss, _range, _synced, links) => (
            <Tooltip frame={frame} indexes={indexes} nearest={nearest} options={tooltip} timeZone={timeZone}>
              {pinned && <VizTooltipFooter dataLinks={links as LinkModel<Field>[]} />}
            </Tooltip>
          )}
        />
      )}
    </>
  );
  return (
    <PanelContextProvider value={{ eventsScope: '__global_', eventBus, onToggleSeriesVisibility }}>
      <TimeSeries
        frames={drawn}
        width={width}
        height={height}
        timeRange={timeRange}
        timeZone={timeZone}
        legend={legend}
        options={panel.options}
      >
        {plugins}
      </TimeSeries>
    </PanelContextProvider>
  );
};
