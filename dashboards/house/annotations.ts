import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { LogQuery } from '#logql';
import { LOKI } from './datasources.ts';
import { type PlainObject, plain } from './plain.ts';

/** Annotations on every graph of a dashboard, one for each log line of a query. */
export interface AnnotationDefinition {
  readonly name: string;
  readonly query: LogQuery;
  readonly color: string;
  /** The title of each annotation. */
  readonly title: string;
  /** The text of each annotation: a template over the fields of its line. */
  readonly text: string;
}

/** An annotation as plain data; the Loki datasource reads the query from `expr`. */
export const annotation = ({ name, query, color, title, text }: AnnotationDefinition): PlainObject => {
  const { builtIn, placement, ...model } = new AnnotationQueryBuilder()
    .name(name)
    .datasource(LOKI)
    .enable(true)
    .hide(false)
    .iconColor(color)
    .expr(query.text)
    .titleFormat(title)
    .textFormat(text)
    .build();
  return plain(model);
};
