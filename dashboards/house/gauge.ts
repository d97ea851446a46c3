import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/gauge';
import { clampMin, maxBy, vectorOf } from '#promql';
import { finish, type Panel, type PanelDefinition } from './panel.ts';
import type { Query } from './query.ts';
import { lastValue } from './stat.ts';
import { refIdOf } from './targets.ts';

/** A dial for each series of one query. */
export interface GaugeDefinition extends PanelDefinition {
  readonly queries: readonly [Query];
  /** The dial's end; it moves up with the greatest value, so that nothing is cut off. */
  readonly fullAt: number;
}

/** Declares a panel of dials; they are read at the end of the time range. */
export const gauge = (definition: GaugeDefinition): Panel => ({
  id: definition.panel,
  build: (context) => {
    const builder = new PanelBuilder()
      .min(0)
      .max(definition.fullAt)
      .reduceOptions(lastValue())
      .showThresholdLabels(false)
      .showThresholdMarkers(true)
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
      .withTransformation(MAX_FROM_QUERY);
    const [dials] = definition.queries;
    return finish(
      builder,
      { ...definition, queries: [dials, end(dials, definition.fullAt)] },
      { reads: 'instant', context },
    );
  },
});

const END = 'max';

/**
 * Takes the dial's end from the second query, which is not shown itself. A query's figure goes before the panel's own
 * `max`, which remains for the time when there is no data. @see https://grafana.com/docs/grafana/latest/panels-visualizations/query-transform-data/transform-data/#config-from-query-results
 */
const MAX_FROM_QUERY = {
  id: 'configFromData',
  options: {
    applyTo: { id: 'byType', options: 'number' },
    configRefId: refIdOf(1),
    mappings: [{ fieldName: END, handlerKey: 'max', reducerId: 'lastNotNull' }],
  },
};

const end = ({ expression }: Query, fullAt: number): Query => ({
  asks: 'prometheus',
  expression: clampMin(maxBy([], vectorOf<never>(expression.node)), fullAt),
  legend: END,
});
