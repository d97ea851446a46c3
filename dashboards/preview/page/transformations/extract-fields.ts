import { type DataFrame, type Field, FieldType, getFieldDisplayName, getFieldTypeFromValue } from '@grafana/data';
import { type Fields, fieldsOf, flagOf, isFields, listOf, textOf } from '../json.ts';
import { transformer } from './transformer.ts';

/** `key=value`, `key="value with spaces"` and `key: value`, with commas or spaces between them. */
const PAIR = /([\w.-]+)\s*[=:]\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;]+))/g;

const pairs = (text: string): Fields =>
  Object.fromEntries([...text.matchAll(PAIR)].map(([, key = '', quoted, plain]) => [key, quoted ?? plain ?? '']));

const parsedJson = (text: string): Fields | null => {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
};

const byPattern = (text: string, pattern: string): Fields => {
  const found = /^\/(.*)\/(\w*)$/s.exec(pattern);
  return { ...new RegExp(found?.[1] ?? pattern, found?.[2] ?? '').exec(text)?.groups };
};

const delimited = (text: string, delimiter: string): Fields =>
  Object.fromEntries(text.split(delimiter).map((part) => [part.trim(), true]));

const DELIMITER = ',';

/** What one value has to give, in the formats that Grafana offers. */
const extracted = (value: unknown, options: Fields): Fields => {
  if (isFields(value)) return value;
  const text = String(value ?? '');
  if (options.format === 'kvp') return pairs(text);
  if (options.format === 'regexp') return byPattern(text, textOf(options.regExp));
  if (options.format === 'delimiter') return delimited(text, textOf(options.delimiter, DELIMITER));
  return parsedJson(text) ?? (options.format === 'json' ? {} : pairs(text));
};

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => fieldsOf(inner)[key], value);

/** With paths only what they lead to is taken, under an alias if there is one. */
const chosen = (value: Fields, options: Fields): Fields => {
  const paths = listOf(options.jsonPaths).filter(({ path }) => textOf(path) !== '');
  if (options.format !== 'json' || paths.length === 0) return value;
  return Object.fromEntries(paths.map(({ path, alias }) => [textOf(alias) || textOf(path), at(value, textOf(path))]));
};

const column = (name: string, rows: readonly Fields[]): Field => {
  const values = rows.map((row) => row[name]);
  const first = values.find((value) => value !== undefined && value !== null);
  return { name, type: first === undefined ? FieldType.string : getFieldTypeFromValue(first), config: {}, values };
};

const kept = ({ fields }: DataFrame, options: Fields): readonly Field[] => {
  if (!flagOf(options.replace)) return fields;
  return flagOf(options.keepTime) ? fields.filter(({ type }) => type === FieldType.time).slice(0, 1) : [];
};

const extract = (options: Fields, frame: DataFrame, frames: readonly DataFrame[]): DataFrame => {
  const source = frame.fields.find(
    (field) => field.name === options.source || getFieldDisplayName(field, frame, [...frames]) === options.source,
  );
  if (source === undefined) return frame;
  const rows = source.values.map((value) => chosen(extracted(value, options), options));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { ...frame, fields: [...kept(frame, options), ...names.map((name) => column(name, rows))] };
};

/** Makes columns of the keys in one. @see https://grafana.com/docs/grafana/latest/panels-visualizations/query-transform-data/transform-data/#extract-fields */
export const extractFields = transformer('extractFields', 'Extract fields', (options, frames) =>
  frames.map((frame) => extract(options, frame, frames)),
);
