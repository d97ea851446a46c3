import { type DataFrame, type Field, getFieldDisplayName } from '@grafana/data';
import { LegendDisplayMode, type LegendPlacement, type VizLegendOptions } from '@grafana/schema';
import { SeriesVisibilityChangeMode } from '@grafana/ui';
import { useState } from 'react';
import { fieldsOf, flagOf, wordOf } from '../json.ts';
import type { PanelOptions } from '../model.ts';

const calcsOf = (calcs: unknown): string[] => (Array.isArray(calcs) ? calcs.map(String) : []);

/** A legend's options as the files of a dashboard have them. */
export const legendOf = (options: PanelOptions): VizLegendOptions => {
  const { displayMode, placement, calcs, showLegend, ...others } = fieldsOf(options.legend);
  return {
    ...others,
    calcs: calcsOf(calcs),
    showLegend: displayMode === 'hidden' ? false : flagOf(showLegend, true),
    displayMode: displayMode === 'table' ? LegendDisplayMode.Table : LegendDisplayMode.List,
    placement: wordOf(placement, ['bottom', 'right']) satisfies `${LegendPlacement}`,
  };
};

/** Which series are shown: null shows all. */
export type Visible = ReadonlySet<string> | null;

/** What a click on a name in a legend asks for. */
export type Toggle = (label: string | string[] | null, mode: SeriesVisibilityChangeMode) => void;

const toggled = (names: ReadonlySet<string>, name: string): Visible => {
  const without = new Set([...names].filter((other) => other !== name));
  return names.has(name) ? without : new Set([...names, name]);
};

const only = (names: Visible, name: string): Visible => (names?.size === 1 && names.has(name) ? null : new Set([name]));

/** A click shows one series alone and a second one all; with Ctrl, Cmd or Shift it adds or takes away one. */
export const nextVisible = (
  shown: Visible,
  all: readonly string[],
  label: string | string[] | null,
  mode: SeriesVisibilityChangeMode,
): Visible => {
  if (label === null) return null;
  if (typeof label !== 'string') return new Set(label);
  if (mode !== SeriesVisibilityChangeMode.AppendToSelection) return only(shown, label);
  const next = toggled(shown ?? new Set(all), label);
  return next?.size === all.length ? null : next;
};

/** The state of a legend. */
export const useVisible = (all: readonly string[]): readonly [Visible, Toggle] => {
  const [shown, setShown] = useState<Visible>(null);
  return [shown, (label, mode) => setShown(nextVisible(shown, all, label, mode))];
};

const hidden = (field: Field): Field => ({
  ...field,
  config: {
    ...field.config,
    custom: { ...field.config.custom, hideFrom: { ...field.config.custom?.hideFrom, viz: true } },
  },
});

/** The frames with the series hidden that are not shown; their names stay in the legend. */
export const onlyVisible = (frames: DataFrame[], shown: Visible): DataFrame[] => {
  if (shown === null) return frames;
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field, index) =>
      index === 0 || shown.has(getFieldDisplayName(field, frame, frames)) ? field : hidden(field),
    ),
  }));
};
