import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/gauge';
import { clampMin, maxBy, vectorOf } from '#promql';
import { finish, type Panel, type PanelDefinition } from './panel.ts';
import type { Query } from './query.ts';
import { lastValue } from './stat.ts';
import { refIdOf } from './targets.ts';

/** A gauge for each series of one query. */
export interface GaugeDefinition extends PanelDefinition {
  readonly queries: readonly [Query];
  /** The maximum of the gauge; a greater value raises it, so that nothing is cut off. */
  readonly fullAt: number;
}

/** Declares a gauge panel; it shows the values at the end of the time range. */
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
    const [values] = definition.queries;
    return finish(
      builder,
      { ...definition, queries: [values, maximum(values, definition.fullAt)] },
      { reads: 'instant', context },
    );
  },
});

const MAX = 'max';

/**
 * Takes the maximum of the gauge from the second query, which is not shown itself. It overrides the panel's own `max`, which
 * applies while there is no data. @see https://grafana.com/docs/grafana/latest/panels-visualizations/query-transform-data/transform-data/#config-from-query-results
 */
const MAX_FROM_QUERY = {
  id: 'configFromData',
  options: {
    applyTo: { id: 'byType', options: 'number' },
    configRefId: refIdOf(1),
    mappings: [{ fieldName: MAX, handlerKey: 'max', reducerId: 'lastNotNull' }],
  },
};

const maximum = ({ expression }: Query, fullAt: number): Query => ({
  datasource: 'prometheus',
  expression: clampMin(maxBy([], vectorOf<never>(expression.node)), fullAt),
  legend: MAX,
});
