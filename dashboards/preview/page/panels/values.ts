import { type FieldDisplay, getFieldDisplayValues, type ReduceDataOptions, VizOrientation } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import { fieldsOf, flagOf, textOf, wordOf } from '../json.ts';
import type { PanelOptions } from '../model.ts';
import type { DrawingProps } from './panel.ts';

const DEFAULT_CALC = 'lastNotNull';

/** How a panel makes one value of many; `limit` is that of Grafana when rows are shown. */
export const reduceOptionsOf = (options: PanelOptions): ReduceDataOptions => {
  const { calcs, fields, values, limit } = fieldsOf(options.reduceOptions);
  return {
    calcs: Array.isArray(calcs) && calcs.length > 0 ? calcs.map(String) : [DEFAULT_CALC],
    fields: textOf(fields),
    values: flagOf(values),
    ...(typeof limit === 'number' ? { limit } : {}),
  };
};

export const orientationOf = (options: PanelOptions): VizOrientation =>
  wordOf(options.orientation, [VizOrientation.Auto, VizOrientation.Horizontal, VizOrientation.Vertical]);

/** Sizes of the texts that a panel's file fixes, in pixels. */
export const textSizesOf = (options: PanelOptions): { readonly titleSize?: number; readonly valueSize?: number } => {
  const { titleSize, valueSize } = fieldsOf(options.text);
  return {
    ...(typeof titleSize === 'number' ? { titleSize } : {}),
    ...(typeof valueSize === 'number' ? { valueSize } : {}),
  };
};

/** The values of a panel that shows one a series: stat, gauge, bar gauge, pie chart. */
export const useValues = (
  { panel, frames, interpolate, timeZone }: DrawingProps,
  sparkline: boolean,
): FieldDisplay[] => {
  const theme = useTheme2();
  return getFieldDisplayValues({
    data: frames,
    fieldConfig: panel.fieldConfig,
    reduceOptions: reduceOptionsOf(panel.options),
    replaceVariables: interpolate,
    sparkline,
    percentChange: flagOf(panel.options.showPercentChange),
    theme,
    timeZone,
  });
};
