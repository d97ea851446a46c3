import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { finish, type Panel, type PanelDefinition } from './panel.ts';

/** A large number for each series, with its name. */
export interface StatDefinition extends PanelDefinition {
  /** A fixed colour for all values. @default - by the thresholds */
  readonly color?: string;
}

/** Declares a stat panel; it shows the values at the end of the time range. */
export const stat = (definition: StatDefinition): Panel => ({
  id: definition.panel,
  build: (context) => finish(drawn(definition), definition, { reads: 'instant', context }),
});

const drawn = ({ color }: StatDefinition): PanelBuilder =>
  new PanelBuilder()
    .reduceOptions(lastValue())
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .textMode(BigValueTextMode.ValueAndName)
    .colorScheme(
      color === undefined
        ? new FieldColorBuilder().mode(FieldColorModeId.Thresholds)
        : new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(color),
    );

/** The last value of each series; the SDK's default list of calculations is empty, which shows nothing. */
export const lastValue = (): ReduceDataOptionsBuilder =>
  new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields('');
