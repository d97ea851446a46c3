import { type Fields, fieldsOf, flagOf, listOf, numberOf, textOf } from './json.ts';

/** Panels of before Grafana 8 that have become others, by their old kind. */
const CONVERSIONS: Readonly<Record<string, (panel: Fields) => Fields>> = {
  graph: (panel) => graph(panel),
  singlestat: (panel) => singleStat(panel),
  'grafana-piechart-panel': (panel) => ({ ...panel, type: 'piechart' }),
};

/** A panel in the words of today, as Grafana converts it when it loads a dashboard; others are left alone. */
export const modern = (panel: Fields): Fields => {
  const converted = CONVERSIONS[textOf(panel.type)]?.(panel) ?? panel;
  return mappings(panel) === null ? converted : withMappings(converted);
};

/** Without `mode`, or with one that is not known, no legend is in the table form. */
const legend = (json: unknown): Fields => {
  const old = fieldsOf(json);
  const calcs = Object.entries({ current: 'lastNotNull', max: 'max', min: 'min', avg: 'mean', total: 'sum' });
  return {
    showLegend: flagOf(old.show, true),
    displayMode: flagOf(old.alignAsTable) ? 'table' : 'list',
    placement: flagOf(old.rightSide) ? 'right' : 'bottom',
    calcs: flagOf(old.values) ? calcs.flatMap(([word, calc]) => (flagOf(old[word]) ? [calc] : [])) : [],
  };
};

const drawStyle = (panel: Fields): string => {
  if (flagOf(panel.bars)) return 'bars';
  return flagOf(panel.lines, true) ? 'line' : 'points';
};

const bound = (value: unknown): number | undefined =>
  value === null || value === undefined || value === '' || Number.isNaN(Number(value)) ? undefined : Number(value);

/** In the old panel a fill was given in tenths. */
const FILL_UNIT = 10;

const graphCustom = (panel: Fields): Fields => ({
  drawStyle: drawStyle(panel),
  lineInterpolation: flagOf(panel.steppedLine) ? 'stepAfter' : 'linear',
  lineWidth: numberOf(panel.linewidth, 1),
  fillOpacity: numberOf(panel.fill, 1) * FILL_UNIT,
  showPoints: flagOf(panel.points) ? 'always' : 'never',
  spanNulls: panel.nullPointMode === 'connected',
  stacking: { mode: flagOf(panel.stack) ? (flagOf(panel.percentage) ? 'percent' : 'normal') : 'none', group: 'A' },
});

const graph = (panel: Fields): Fields => {
  const axis = fieldsOf(Array.isArray(panel.yaxes) ? panel.yaxes[0] : undefined);
  return {
    ...panel,
    type: 'timeseries',
    fieldConfig: {
      defaults: {
        color: { mode: 'palette-classic' },
        unit: textOf(axis.format, 'short'),
        min: bound(axis.min),
        max: bound(axis.max),
        custom: { ...graphCustom(panel), axisLabel: textOf(axis.label) },
      },
      overrides: Object.entries(fieldsOf(panel.aliasColors)).map(([name, color]) => ({
        matcher: { id: 'byName', options: name },
        properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }],
      })),
    },
    options: {
      legend: legend(panel.legend),
      tooltip: { mode: flagOf(fieldsOf(panel.tooltip).shared, true) ? 'multi' : 'single', sort: 'none' },
    },
  };
};

const CALCS: Readonly<Record<string, string>> = {
  avg: 'mean',
  current: 'lastNotNull',
  total: 'sum',
  name: 'lastNotNull',
};

const COLORS = ['green', 'orange', 'red'];

/** `80,90` and three colours make three steps. */
const steps = ({ thresholds, colors }: Fields): readonly Fields[] => {
  const values = textOf(thresholds)
    .split(',')
    .filter((value) => value !== '');
  const names = Array.isArray(colors) ? colors : COLORS;
  return [null, ...values.map(Number)].map((value, index) => ({ value, color: names[index] ?? COLORS[0] }));
};

const singleStat = (panel: Fields): Fields => {
  const calc = textOf(panel.valueName, 'avg');
  const colored = flagOf(panel.colorBackground) ? 'background' : flagOf(panel.colorValue) ? 'value' : 'none';
  const gauge = fieldsOf(panel.gauge);
  return {
    ...panel,
    type: flagOf(gauge.show) ? 'gauge' : 'stat',
    fieldConfig: {
      defaults: {
        unit: textOf(panel.format, 'none'),
        ...(typeof panel.decimals === 'number' ? { decimals: panel.decimals } : {}),
        ...(flagOf(gauge.show) ? { min: numberOf(gauge.minValue, 0), max: numberOf(gauge.maxValue, 100) } : {}),
        color: { mode: 'thresholds' },
        thresholds: { mode: 'absolute', steps: steps(panel) },
      },
      overrides: [],
    },
    options: {
      colorMode: colored,
      graphMode: flagOf(fieldsOf(panel.sparkline).show) ? 'area' : 'none',
      reduceOptions: { calcs: [CALCS[calc] ?? calc], fields: '', values: false },
    },
  };
};

const defaultsOf = (panel: Fields): Fields => fieldsOf(fieldsOf(panel.fieldConfig).defaults);

/** Mappings of before Grafana 8 have a number in place of a kind. */
const mappings = (panel: Fields): readonly Fields[] | null => {
  const old = listOf(defaultsOf(panel).mappings);
  return old.some(({ type }) => typeof type === 'number') ? old : null;
};

const VALUE_TO_TEXT = 1;

const mapping = (old: Fields): Fields => {
  if (typeof old.type !== 'number') return old;
  if (old.type === VALUE_TO_TEXT)
    return { type: 'value', options: { [String(old.value)]: { text: textOf(old.text) } } };
  return { type: 'range', options: { from: bound(old.from), to: bound(old.to), result: { text: textOf(old.text) } } };
};

const withMappings = (panel: Fields): Fields => ({
  ...panel,
  fieldConfig: {
    ...fieldsOf(panel.fieldConfig),
    defaults: { ...defaultsOf(panel), mappings: listOf(defaultsOf(panel).mappings).map(mapping) },
  },
});
