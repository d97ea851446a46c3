import { type DataFrame, FieldType, outerJoinDataFrames } from '@grafana/data';
import { type Fields, wordOf } from '../json.ts';
import { transformer } from './transformer.ts';

const numbersApart = (frame: DataFrame): DataFrame[] => {
  const time = frame.fields.find(({ type }) => type === FieldType.time);
  const numbers = frame.fields.filter(({ type }) => type === FieldType.number);
  return time === undefined ? [] : numbers.map((field) => ({ ...frame, fields: [time, field] }));
};

const prepare = (options: Fields, frames: readonly DataFrame[]): DataFrame[] => {
  const format = wordOf(options.format, ['wide', 'multi', 'many', 'long']);
  if (format !== 'wide') return format === 'long' ? [...frames] : frames.flatMap(numbersApart);
  const joined = outerJoinDataFrames({ frames: [...frames] });
  return joined === undefined ? [...frames] : [joined];
};

/** Makes one frame of many series, or many of one. @see https://grafana.com/docs/grafana/latest/panels-visualizations/query-transform-data/transform-data/#prepare-time-series */
export const prepareTimeSeries = transformer('prepareTimeSeries', 'Prepare time series', prepare);
