import {
  type DataFrame,
  type Field,
  type FieldConfig,
  FieldType,
  fieldMatchers,
  getFieldDisplayName,
  ReducerID,
  reduceField,
  ThresholdsMode,
} from '@grafana/data';
import { type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import { transformer } from './transformer.ts';

/** The largest number of a threshold that the query gives; below it the base colour holds. */
const thresholdAt = (value: number, index: number): FieldConfig['thresholds'] => ({
  mode: ThresholdsMode.Absolute,
  steps: [
    { value: Number.NEGATIVE_INFINITY, color: 'green' },
    { value, color: ['red', 'orange', 'yellow'][index] ?? 'red' },
  ],
});

/** What a number or a text of the query becomes, by the property that it is for. */
const PROPERTIES: Readonly<Record<string, (value: unknown) => FieldConfig>> = {
  max: (value) => ({ max: Number(value) }),
  min: (value) => ({ min: Number(value) }),
  unit: (value) => ({ unit: String(value) }),
  decimals: (value) => ({ decimals: Number(value) }),
  displayName: (value) => ({ displayName: String(value) }),
  color: (value) => ({ color: { mode: 'fixed', fixedColor: String(value) } }),
  threshold1: (value) => ({ thresholds: thresholdAt(Number(value), 0) }),
};

const reduced = (field: Field, reducer: string): unknown =>
  field.type === FieldType.number ? reduceField({ field, reducers: [reducer] })[reducer] : field.values.at(-1);

/** A field sets the property that its mapping names, or the one of its own name. */
const propertyOf = (field: Field, frame: DataFrame, mappings: readonly Fields[]): FieldConfig => {
  const name = getFieldDisplayName(field, frame);
  const mapping = mappings.find(({ fieldName }) => fieldName === name || fieldName === field.name) ?? {};
  const change = PROPERTIES[textOf(mapping.handlerKey, name)];
  const value = reduced(field, textOf(mapping.reducerId, ReducerID.lastNotNull));
  return change === undefined || value === null || value === undefined ? {} : change(value);
};

const configOf = (frames: readonly DataFrame[], mappings: readonly Fields[]): FieldConfig =>
  Object.assign({}, ...frames.flatMap((frame) => frame.fields.map((field) => propertyOf(field, frame, mappings))));

const ANY_NUMBER = { id: 'byType', options: FieldType.number };

const apply = (options: Fields, frames: readonly DataFrame[]): DataFrame[] => {
  const isConfig = ({ refId }: DataFrame): boolean => refId === textOf(options.configRefId, 'config');
  const config = configOf(frames.filter(isConfig), listOf(options.mappings));
  const others = frames.filter((frame) => !isConfig(frame));
  const { id, options: matcherOptions } = { ...ANY_NUMBER, ...fieldsOf(options.applyTo) };
  const matches = fieldMatchers.get(id).get(matcherOptions);
  return others.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) =>
      matches(field, frame, others) ? { ...field, config: { ...field.config, ...config } } : field,
    ),
  }));
};

/** Sets options of fields from the answer to a query. @see https://grafana.com/docs/grafana/latest/panels-visualizations/query-transform-data/transform-data/#config-from-query-results */
export const configFromData = transformer('configFromData', 'Config from query results', apply);
