import {
  createDataFrame,
  type DataFrame,
  type FieldDTO,
  FieldType,
  type Labels,
  renderLegendFormat,
  TIME_SERIES_TIME_FIELD_NAME,
  TIME_SERIES_VALUE_FIELD_NAME,
} from '@grafana/data';
import type { QueryAnswer } from '../preview-data.ts';
import { type Fields, fieldsOf, isFields, listOf, textOf } from './json.ts';
import type { PanelTarget } from './model.ts';

/** A series of an answer: its labels and `[seconds, number as text]` pairs. */
interface Series {
  readonly labels: Labels;
  readonly points: readonly (readonly [number, number])[];
}

const SECOND_MS = 1000;
/** Loki counts nanoseconds, as text. */
const NANOSECONDS_PER_MS = 1_000_000n;

const labelsOf = (json: unknown): Labels =>
  Object.fromEntries(Object.entries(fieldsOf(json)).map(([name, value]) => [name, String(value)]));

/** Prometheus writes infinity as `+Inf`. */
const sample = (text: unknown): number => {
  const found = /^([+-]?)Inf$/.exec(String(text));
  if (found === null) return Number(text);
  return found[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
};

const pointOf = (pair: unknown): readonly (readonly [number, number])[] =>
  Array.isArray(pair) ? [[Math.round(Number(pair[0]) * SECOND_MS), sample(pair[1])]] : [];

/** A scalar and a text are one series without labels. */
const seriesOf = ({ resultType, result }: Fields): readonly Series[] => {
  if (resultType === 'scalar' || resultType === 'string') return [{ labels: {}, points: pointOf(result) }];
  return listOf(result).map(({ metric, values, value }) => ({
    labels: labelsOf(metric),
    points: Array.isArray(values) ? values.flatMap(pointOf) : pointOf(value),
  }));
};

/** `metric{label="value"}`, which names a series when the legend is left empty. */
const selector = ({ __name__: name = '', ...labels }: Labels): string => {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(', ')}}`;
};

const AUTOMATIC = '__auto';

/** The name of a series; none lets Grafana name it by the labels that differ. */
const nameOf = (labels: Labels, { legendFormat }: PanelTarget, expr: string): string | undefined => {
  if (legendFormat === AUTOMATIC) return Object.keys(labels).length === 0 ? expr : undefined;
  const name = legendFormat === '' ? selector(labels) : renderLegendFormat(legendFormat, labels);
  return name === '' ? expr : name;
};

/** The shortest distance of two points: longer ones are gaps in a line. */
const intervalOf = (series: readonly Series[]): number | undefined => {
  const steps = series.flatMap(({ points }) => points.slice(1).map(([at], index) => at - (points[index]?.[0] ?? at)));
  const shortest = steps.reduce((least, step) => (step > 0 ? Math.min(least, step) : least), Number.POSITIVE_INFINITY);
  return Number.isFinite(shortest) ? shortest : undefined;
};

const seriesFrame = ({ labels, points }: Series, target: PanelTarget, expr: string, interval?: number): DataFrame => {
  const name = nameOf(labels, target, expr);
  return createDataFrame({
    refId: target.refId,
    ...(name === undefined ? {} : { name }),
    fields: [
      {
        name: TIME_SERIES_TIME_FIELD_NAME,
        type: FieldType.time,
        config: interval === undefined ? {} : { interval },
        values: points.map(([at]) => at),
      },
      {
        name: TIME_SERIES_VALUE_FIELD_NAME,
        type: FieldType.number,
        labels,
        config: name === undefined ? {} : { displayNameFromDS: name },
        values: points.map(([, value]) => value),
      },
    ],
  });
};

const labelNames = (series: readonly Series[]): readonly string[] => [
  ...new Set(series.flatMap(({ labels }) => Object.keys(labels))),
];

/** A query with the table format: a row a point, a column a label. */
const tableFrame = (series: readonly Series[], refId: string, valueName: string): DataFrame => {
  const rows = series.flatMap(({ labels, points }) => points.map(([at, value]) => ({ labels, at, value })));
  const columns: FieldDTO[] = [
    { name: TIME_SERIES_TIME_FIELD_NAME, type: FieldType.time, values: rows.map(({ at }) => at) },
    ...labelNames(series).map((label) => ({
      name: label,
      type: FieldType.string,
      config: { filterable: true },
      values: rows.map(({ labels }) => labels[label] ?? ''),
    })),
    { name: valueName, type: FieldType.number, values: rows.map(({ value }) => value) },
  ];
  return createDataFrame({ refId, fields: columns });
};

/** A line of a log stream with its labels of all kinds. */
interface Line {
  readonly labels: Labels;
  readonly nanoseconds: string;
  readonly text: string;
}

/** A Loki that is asked for categories puts structured metadata and parsed labels beside the line. */
const lineOf = (stream: Labels, entry: unknown): Line => {
  const [nanoseconds, text, categories] = Array.isArray(entry) ? entry : [];
  const { structuredMetadata, parsed } = fieldsOf(categories);
  return {
    labels: { ...stream, ...labelsOf(structuredMetadata), ...labelsOf(parsed) },
    nanoseconds: textOf(nanoseconds, '0'),
    text: textOf(text),
  };
};

const newestFirst = (a: Line, b: Line): number => {
  const difference = BigInt(b.nanoseconds) - BigInt(a.nanoseconds);
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
};

/** Lines in the frame that Grafana's Loki data source makes of them. */
const linesFrame = (result: unknown, refId: string): DataFrame => {
  const lines = listOf(result)
    .flatMap(({ stream, values }) =>
      Array.isArray(values) ? values.map((entry) => lineOf(labelsOf(stream), entry)) : [],
    )
    .toSorted(newestFirst);
  return createDataFrame({
    refId,
    meta: { preferredVisualisationType: 'logs' },
    fields: [
      { name: 'labels', type: FieldType.other, values: lines.map(({ labels }) => labels) },
      {
        name: 'Time',
        type: FieldType.time,
        values: lines.map(({ nanoseconds }) => Number(BigInt(nanoseconds) / NANOSECONDS_PER_MS)),
      },
      { name: 'Line', type: FieldType.string, values: lines.map(({ text }) => text) },
      { name: 'tsNs', type: FieldType.string, values: lines.map(({ nanoseconds }) => nanoseconds) },
    ],
  });
};

const NO_TARGET: PanelTarget = { refId: '', format: 'time_series', legendFormat: '', hidden: false };

const framesOfAnswer = (answer: QueryAnswer, target: PanelTarget, single: boolean): readonly DataFrame[] => {
  const data = answer.prometheus ?? answer.loki;
  if (!isFields(data)) return [];
  if (data.resultType === 'streams') return [linesFrame(data.result, answer.refId)];
  const series = seriesOf(data);
  if (target.format === 'table') return [tableFrame(series, answer.refId, single ? 'Value' : `Value #${answer.refId}`)];
  const interval = intervalOf(series);
  return series.map((each) => seriesFrame(each, { ...target, refId: answer.refId }, answer.expr, interval));
};

/** The data frames of a panel's answers, as Grafana's data sources would make them. */
export const framesOf = (answers: readonly QueryAnswer[], targets: readonly PanelTarget[]): DataFrame[] => {
  const tables = targets.filter(({ format, hidden }) => format === 'table' && !hidden).length;
  return answers.flatMap((answer) => {
    const target = targets.find(({ refId }) => refId === answer.refId) ?? NO_TARGET;
    return target.hidden ? [] : framesOfAnswer(answer, target, tables <= 1);
  });
};
