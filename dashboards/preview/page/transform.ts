import {
  type DataFrame,
  type DataTransformerConfig,
  type DataTransformerInfo,
  standardTransformers,
  standardTransformersRegistry,
  type TransformerRegistryItem,
  transformDataFrame,
} from '@grafana/data';
import { firstValueFrom } from 'rxjs';
import { configFromData } from './transformations/config-from-data.ts';
import { extractFields } from './transformations/extract-fields.ts';
import { prepareTimeSeries } from './transformations/prepare-time-series.ts';
import { timeSeriesTable } from './transformations/time-series-table.ts';
import type { Interpolate } from './variables.ts';

/** Those that Grafana keeps in its core, which the packages do not have. */
const OWN: readonly DataTransformerInfo[] = [extractFields, configFromData, prepareTimeSeries, timeSeriesTable];

/** Old names of transformations. */
const RENAMED: Readonly<Record<string, string>> = { seriesToColumns: 'joinByField' };

const nothing = (): null => null;

const item = (info: DataTransformerInfo): TransformerRegistryItem => ({
  id: info.id,
  name: info.name,
  transformation: async () => info,
  editor: nothing,
  imageDark: '',
  imageLight: '',
});

/** The package's list has some ids twice, and the registry refuses that. */
const known: ReadonlyMap<string, TransformerRegistryItem> = new Map(
  [...Object.values(standardTransformers), ...OWN].map((info) => [info.id, item(info)]),
);

standardTransformersRegistry.setInit(() => [...known.values()]);

const named = (config: DataTransformerConfig): DataTransformerConfig => ({
  ...config,
  id: RENAMED[config.id] ?? config.id,
});

/** The transformations of a panel that this page cannot do. */
export const unknownTransformations = (configs: readonly DataTransformerConfig[]): readonly string[] =>
  configs.filter((config) => !config.disabled && !known.has(named(config).id)).map(({ id }) => id);

/** Applies the transformations of a panel; those that are not known leave the data as they are. */
export const transform = (
  configs: readonly DataTransformerConfig[],
  frames: DataFrame[],
  interpolate: Interpolate,
): Promise<DataFrame[]> =>
  firstValueFrom(transformDataFrame(configs.map(named), frames, { interpolate: (text) => interpolate(text) }));
