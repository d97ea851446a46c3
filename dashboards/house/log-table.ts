import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { LabelKinds, Lines } from '#logql';
import { LOKI } from './datasources.ts';
import type { Link } from './links.ts';
import { built, type Heading, head, type Override, type Panel } from './panel.ts';
import { linesTarget } from './targets.ts';
import { countOf, type PanelUnit } from './units.ts';

/** A column of a table of log lines: one of their fields. */
export interface Column<out N extends string = string> {
  readonly field: N;
  readonly title: string;
  /** The unit of a number; Loki returns strings, which are then converted. @default - a string */
  readonly unit?: PanelUnit;
  /** Data links of the values. @default - none */
  readonly links?: readonly Link[];
  /** In pixels. @default - the remaining width */
  readonly width?: number;
}

/** Log lines as rows of a table, with their time in the first column. */
export interface LogTableDefinition<V extends LabelKinds, E extends LabelKinds> extends Heading {
  readonly query: Lines<V, E>;
  readonly columns: readonly [Column<keyof V & string>, ...Column<keyof V & string>[]];
  /** The title of the column to sort by, greatest first. @default - newest lines first */
  readonly greatestFirst?: string;
  readonly noValue: string;
}

/** Declares a table of log lines. */
export const logTable = <V extends LabelKinds, E extends LabelKinds>(definition: LogTableDefinition<V, E>): Panel => ({
  id: definition.panel,
  build: (context) => {
    const { query, columns, noValue, greatestFirst = TIME } = definition;
    const builder = head(new PanelBuilder(), definition, LOKI)
      .unit(countOf('').id)
      .noValue(noValue)
      .filterable(true)
      .sortBy([new TableSortByFieldStateBuilder().displayName(greatestFirst).desc(true)])
      .withTarget(linesTarget(query, context));
    for (const step of [EXTRACTED, inOrder(columns), withNumbers(columns)]) builder.withTransformation(step);
    for (const override of overridesOf(columns)) builder.withOverride(override);
    return built(builder, definition);
  },
});

const TIME = 'Time';

/** The field with the time of a line, under both names that Grafana uses for it. */
const TIME_FIELDS = ['Time', 'timestamp'] as const;

/** Turns each label of the lines into a field. */
const EXTRACTED = { id: 'extractFields', options: { source: 'labels', format: 'auto', replace: false } };

const inOrder = (columns: readonly Column[]) => {
  const named = [...TIME_FIELDS.map((field) => ({ field, title: TIME })), ...columns];
  return {
    id: 'organize',
    options: {
      includeByName: Object.fromEntries(named.map(({ field }) => [field, true])),
      indexByName: Object.fromEntries(named.map(({ field }, index) => [field, index])),
      renameByName: Object.fromEntries(named.map(({ field, title }) => [field, title])),
      excludeByName: {},
    },
  };
};

const withNumbers = (columns: readonly Column[]) => ({
  id: 'convertFieldType',
  options: {
    fields: {},
    conversions: columns
      .filter(({ unit }) => unit !== undefined)
      .map(({ title }) => ({ targetField: title, destinationType: 'number' })),
  },
});

const overridesOf = (columns: readonly Column[]): readonly Override[] =>
  [{ title: TIME, width: 190 }, ...columns].flatMap((column) => {
    const properties = propertiesOf(column);
    return properties.length === 0 ? [] : [{ matcher: { id: 'byName', options: column.title }, properties }];
  });

const propertiesOf = ({ unit, links, width }: Pick<Column, 'unit' | 'links' | 'width'>): Override['properties'] => [
  ...(unit === undefined ? [] : [{ id: 'unit', value: unit.id }]),
  ...(links === undefined ? [] : [{ id: 'links', value: links.map(({ title, url }) => ({ title, url })) }]),
  ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
];
