import {
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { finish, hasTwoAxes, linesFor, type Panel, type PanelDefinition } from './panel.ts';
import type { Context } from './targets.ts';

/** How a graph draws its series. */
export type Drawing = 'lines' | 'stacked bars';

/** A graph over time. */
export interface TimeseriesDefinition extends PanelDefinition {
  /** @default 'lines' */
  readonly draws?: Drawing;
  /** The soft maximum of the axis. @default - by the values */
  readonly softMax?: number;
  /** Overrides the dashboard's time range: always this much time up to now. @default - the dashboard's time range */
  readonly timeFrom?: string;
  /** Where the legend is; beside the plot a long one takes no height from it. @default 'below' */
  readonly legend?: 'below' | 'beside';
}

/** The longest gap that a line bridges, in milliseconds: two failed scrapes are no outage. */
const BRIDGED_GAP_MS = 120_000;

const STYLES = {
  lines: { style: GraphDrawStyle.Line, fill: 10, width: 2, stacking: StackingMode.None },
  'stacked bars': { style: GraphDrawStyle.Bars, fill: 60, width: 1, stacking: StackingMode.Normal },
} as const satisfies Readonly<Record<Drawing, object>>;

/** Declares a graph over time. */
export const timeseries = (definition: TimeseriesDefinition): Panel => ({
  id: definition.panel,
  build: (context) => {
    const builder = drawn(definition).legend(legend(definition)).tooltip(tooltip());
    builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(linesMode(definition, context)));
    return finish(builder, definition, { reads: 'range', context });
  },
});

const linesMode = (definition: TimeseriesDefinition, context: Context): GraphThresholdsStyleMode => {
  const { queries, display = [] } = definition;
  const none = linesFor(definition, context).length + display.length === 0;
  return none || hasTwoAxes(queries) ? GraphThresholdsStyleMode.Off : GraphThresholdsStyleMode.Line;
};

const drawn = ({ draws = 'lines', unit, softMax, timeFrom }: TimeseriesDefinition): PanelBuilder => {
  const { style, fill, width, stacking } = STYLES[draws];
  const builder = new PanelBuilder()
    .drawStyle(style)
    .fillOpacity(fill)
    .lineWidth(width)
    .showPoints(VisibilityMode.Never)
    .spanNulls(BRIDGED_GAP_MS)
    .min(0)
    .axisLabel(unit.axis ?? '')
    .stacking(new StackingConfigBuilder().mode(stacking).group('A'))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName));
  if (softMax !== undefined) builder.axisSoftMax(softMax);
  if (timeFrom !== undefined) builder.timeFrom(timeFrom);
  return builder;
};

const legend = ({ legend: place = 'below' }: TimeseriesDefinition): VizLegendOptionsBuilder =>
  new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.Table)
    .placement(place === 'below' ? LegendPlacement.Bottom : LegendPlacement.Right)
    .calcs(['lastNotNull', 'max'])
    .sortBy('Last *')
    .sortDesc(true);

/** All series, greatest first, without those at zero, such as status codes that did not occur. */
const tooltip = (): VizTooltipOptionsBuilder =>
  new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending).hideZeros(true);
