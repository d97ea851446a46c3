import { LogsDedupStrategy, LogsSortOrder } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/logs';
import type { LogQuery } from '#logql';
import { LOKI } from './datasources.ts';
import { built, type Heading, head, type Panel } from './panel.ts';
import { linesTarget } from './targets.ts';

/** Log lines as they were written. */
export interface LogsDefinition extends Heading {
  readonly query: LogQuery;
}

/** Declares a panel of log lines, newest first; a click opens the fields of a line. */
export const logs = (definition: LogsDefinition): Panel => ({
  id: definition.panel,
  build: (context) =>
    built(head(drawn(), definition, LOKI).withTarget(linesTarget(definition.query, context)), definition),
});

const drawn = (): PanelBuilder =>
  new PanelBuilder()
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .showLogContextToggle(true)
    .enableInfiniteScrolling(true)
    .sortOrder(LogsSortOrder.Descending)
    .dedupStrategy(LogsDedupStrategy.None);
