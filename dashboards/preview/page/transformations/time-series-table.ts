import {
  createDataFrame,
  type DataFrame,
  type DataFrameWithValue,
  type Field,
  FieldType,
  ReducerID,
  reduceField,
} from '@grafana/data';
import { type Fields, fieldsOf, textOf } from '../json.ts';
import { transformer } from './transformer.ts';

const numberField = ({ fields }: DataFrame): Field | undefined => fields.find(({ type }) => type === FieldType.number);

const trend = (frame: DataFrame, reducer: string): DataFrameWithValue => {
  const field = numberField(frame);
  const value = field === undefined ? null : reduceField({ field, reducers: [reducer] })[reducer];
  return { ...frame, value: value ?? null };
};

const rows = (refId: string, frames: readonly DataFrame[], options: Fields): DataFrame => {
  const labels = frames.map((frame) => numberField(frame)?.labels ?? {});
  const names = [...new Set(labels.flatMap(Object.keys))];
  const reducer = textOf(fieldsOf(options[refId]).stat, ReducerID.lastNotNull);
  return createDataFrame({
    refId,
    fields: [
      ...names.map((name) => ({ name, type: FieldType.string, values: labels.map((each) => each[name] ?? '') })),
      { name: `Trend #${refId}`, type: FieldType.frame, values: frames.map((frame) => trend(frame, reducer)) },
    ],
  });
};

const tables = (options: Fields, frames: readonly DataFrame[]): DataFrame[] => {
  const byQuery = Map.groupBy(frames, ({ refId }) => refId ?? '');
  return [...byQuery].map(([refId, series]) => rows(refId, series, options));
};

/** A row a series, its graph in a cell. @see https://grafana.com/docs/grafana/latest/panels-visualizations/query-transform-data/transform-data/#time-series-to-table-transform */
export const timeSeriesTable = transformer('timeSeriesTable', 'Time series to table', tables);
