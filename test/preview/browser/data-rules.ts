import { z } from 'zod';
import type { PreviewData, QueryAnswer } from '../../../dashboards/preview/preview-data.ts';
import type { Finding, Rule } from './finding.ts';

const property = z.looseObject({ id: z.string(), value: z.unknown().optional() });

const panelSchema = z.looseObject({
  id: z.number(),
  type: z.string(),
  title: z.string().default(''),
  description: z.string().default(''),
  targets: z.array(z.looseObject({ refId: z.string() })).default([]),
  fieldConfig: z
    .looseObject({
      defaults: z
        .looseObject({
          unit: z.string().optional(),
          custom: z
            .looseObject({
              drawStyle: z.string().optional(),
              fillOpacity: z.number().optional(),
              stacking: z.looseObject({ mode: z.string() }).optional(),
            })
            .default({}),
        })
        .default({ custom: {} }),
      overrides: z
        .array(z.looseObject({ matcher: z.looseObject({ options: z.unknown() }), properties: z.array(property) }))
        .default([]),
    })
    .default({ defaults: { custom: {} }, overrides: [] }),
});

type Panel = z.infer<typeof panelSchema>;

const dashboardSchema = z.looseObject({
  panels: z.array(z.looseObject({ type: z.string(), panels: z.array(z.unknown()).default([]) })).default([]),
  templating: z.looseObject({ list: z.array(z.looseObject({ name: z.string() })).default([]) }).default({ list: [] }),
  annotations: z
    .looseObject({
      list: z
        .array(z.looseObject({ name: z.string(), expr: z.string().optional(), enable: z.boolean().optional() }))
        .default([]),
    })
    .default({ list: [] }),
});

const matrix = z.looseObject({
  resultType: z.literal('matrix'),
  result: z.array(z.looseObject({ values: z.array(z.tuple([z.number(), z.string()])) })),
});

/** A line of a graph: the numbers that it draws, and the query that they are from. */
interface Series {
  readonly refId: string;
  readonly expr: string;
  readonly values: readonly number[];
}

const seriesOf = (answers: readonly QueryAnswer[]): readonly Series[] =>
  answers.flatMap(({ refId, expr, prometheus, loki }) => {
    const { success, data } = matrix.safeParse(prometheus ?? loki);
    if (!success) return [];
    return data.result.map(({ values }) => ({ refId, expr, values: values.map(([, text]) => Number(text)) }));
  });

type Judge = (series: readonly Series[], panel: Panel) => string | undefined;

const isZero = ({ values }: Series): boolean => values.every((value) => value === 0);

/** Fewer series that are always zero do no harm. */
const LEAST_ZERO = 5;

const zeroSeries: Judge = (series) => {
  const count = series.filter(isZero).length;
  return count >= LEAST_ZERO && count >= series.length / 2 ? `${count} of ${series.length} series` : undefined;
};

const MOST_FILLED = 5;

const filled: Judge = (series, { fieldConfig }) => {
  const { drawStyle = 'line', fillOpacity = 0, stacking } = fieldConfig.defaults.custom;
  const plain = drawStyle === 'line' && (stacking?.mode ?? 'none') === 'none';
  return plain && fillOpacity > 0 && series.length > MOST_FILLED
    ? `${fillOpacity} % under ${series.length} lines`
    : undefined;
};

const MOST_EQUAL = 5;

const equalLines: Judge = (series) => {
  const level = series.filter(
    ({ values }) => new Set(values).size === 1 && values[0] !== 0 && !Number.isNaN(values[0]),
  );
  const groups = Map.groupBy(level, ({ values }) => values[0]);
  const [value, most] = [...groups].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [0, []];
  return most.length > MOST_EQUAL ? `${most.length} lines at ${value}` : undefined;
};

/** Functions that count what happens, over a range that is written out. */
const COUNTED = /\b(?:increase|changes|resets|delta|count_over_time|sum_over_time)\s*\([^[]*\[\d+[smhd]/;
const LEAST_STEPS = 10;

/** Lengths of runs of one value other than zero, where zero is before and after the run. */
const plateaus = (values: readonly number[]): readonly number[] => {
  const lengths: number[] = [];
  let start = -1;
  for (const [index, value] of values.entries()) {
    if (value === values[index - 1]) continue;
    if (start >= 0) lengths.push(value === 0 ? index - start : 0);
    start = value !== 0 && values[index - 1] === 0 ? index : -1;
  }
  return lengths;
};

const plateau: Judge = (series) => {
  const found = series.find(
    ({ expr, values }) => COUNTED.test(expr) && plateaus(values).some((length) => length >= LEAST_STEPS),
  );
  return found && `${Math.max(...plateaus(found.values))} points of one moment`;
};

const FULL: Readonly<Record<string, number>> = { percent: 100, percentunit: 1 };

/** The unit of a query's lines: an override of its own, or the panel's. */
const unitOf = ({ fieldConfig }: Panel, refId: string): string => {
  const own = fieldConfig.overrides
    .filter(({ matcher }) => matcher.options === refId)
    .flatMap(({ properties }) => properties)
    .find(({ id }) => id === 'unit');
  return typeof own?.value === 'string' ? own.value : (fieldConfig.defaults.unit ?? '');
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const LEAST_STRIPES = 3;

const stripes: Judge = (series, panel) => {
  for (const { refId, values } of series) {
    const full = FULL[unitOf(panel, refId)];
    const falls = values.filter((value, index) => value === 0 && (values[index - 1] ?? 0) > 0).length;
    const usual = median(values.filter((value) => value > 0));
    if (full !== undefined && falls >= LEAST_STRIPES && usual > full / 2) return `${falls} falls from ${usual} to 0`;
  }
  return undefined;
};

/** A description that says how a share can exceed the whole. */
const EXPLAINED = /(above|over|more than|exceed\w*) 100/i;
const ROUNDING = 1.005;

const aboveFull: Judge = (series, panel) => {
  const most = series.flatMap(({ refId, values }) => {
    const full = FULL[unitOf(panel, refId)];
    return full === undefined ? [] : values.map((value) => value / full);
  });
  const highest = most.reduce((a, b) => (b > a ? b : a), 0);
  return highest > ROUNDING && !EXPLAINED.test(panel.description) ? `${Math.round(100 * highest)} %` : undefined;
};

const RULES: readonly (readonly [Rule, Judge])[] = [
  ['zero-series', zeroSeries],
  ['fill-under-lines', filled],
  ['equal-lines', equalLines],
  ['moment-as-plateau', plateau],
  ['stripes-to-zero', stripes],
  ['percent-above-100', aboveFull],
];

/** Variables that narrow what a dashboard shows: annotations that ignore them mark what is not shown. */
const NARROWING = ['credential', 'instance'];

const annotationFindings = ({ templating, annotations }: z.infer<typeof dashboardSchema>): readonly Finding[] => {
  const names = templating.list.map(({ name }) => name).filter((name) => NARROWING.includes(name));
  return annotations.list.flatMap(({ name, expr, enable }): readonly Finding[] => {
    if (expr === undefined || enable === false || names.some((each) => expr.includes(`$${each}`))) return [];
    return names.length === 0
      ? []
      : [{ panel: `annotation ${name}`, rule: 'annotation-ignores-variables', detail: names.join(', ') }];
  });
};

/** What is wrong with the data that a dashboard's graphs draw. */
export const dataFindings = ({ dashboard, panels: answers }: PreviewData): readonly Finding[] => {
  const model = dashboardSchema.parse(dashboard);
  const panels = model.panels
    .flatMap((panel): readonly unknown[] => (panel.type === 'row' ? panel.panels : [panel]))
    .map((panel) => panelSchema.parse(panel))
    .filter(({ type }) => type === 'timeseries');
  const ofPanels = panels.flatMap((panel) => {
    const series = seriesOf(answers[String(panel.id)] ?? []);
    return RULES.flatMap(([rule, judge]): readonly Finding[] => {
      const detail = judge(series, panel);
      return detail === undefined ? [] : [{ panel: panel.title, rule, detail }];
    });
  });
  return [...annotationFindings(model), ...ofPanels];
};
