import {
  applyFieldOverrides,
  cacheFieldDisplayNames,
  type DataFrame,
  type Field,
  FieldConfigOptionsRegistry,
  type FieldConfigPropertyItem,
  type FieldConfigSource,
  FieldType,
  type GrafanaTheme2,
  type TimeZone,
} from '@grafana/data';
import { fieldsOf } from './json.ts';
import type { PanelModel } from './model.ts';
import { previewUrl } from './preview-url.ts';
import type { Interpolate } from './variables.ts';

/** Options that every field may have. */
const STANDARD = [
  'unit',
  'min',
  'max',
  'fieldMinMax',
  'decimals',
  'displayName',
  'description',
  'noValue',
  'thresholds',
  'mappings',
  'links',
  'color',
  'filterable',
] as const;

const CUSTOM = 'custom.';

const noEditor = (): null => null;

const isNumber = ({ type }: Field): boolean => type === FieldType.number || type === FieldType.boolean;

const item = (id: string, applies: (field: Field) => boolean): FieldConfigPropertyItem => ({
  id,
  path: id.startsWith(CUSTOM) ? id.slice(CUSTOM.length) : id,
  isCustom: id.startsWith(CUSTOM),
  name: id,
  editor: noEditor,
  override: noEditor,
  process: (value: unknown) => value,
  shouldApply: applies,
});

/** What the defaults and the overrides of a panel set; the registry of a panel plugin would list all there can be. */
const customIds = ({ defaults, overrides }: FieldConfigSource): readonly string[] => [
  ...Object.keys(fieldsOf(defaults.custom)).map((key) => CUSTOM + key),
  ...overrides.flatMap(({ properties }) => properties.map(({ id }) => id)).filter((id) => id.startsWith(CUSTOM)),
];

/** Options for graphs belong to number fields alone: on a time field an axis label would stand below the time axis. */
const registryOf = ({ type, fieldConfig }: PanelModel): FieldConfigOptionsRegistry => {
  const registry = new FieldConfigOptionsRegistry();
  const customApplies = type === 'table' ? () => true : isNumber;
  for (const id of STANDARD) registry.register(item(id, () => true));
  for (const id of new Set(customIds(fieldConfig))) registry.register(item(id, customApplies));
  return registry;
};

/** Gives the fields of a panel their options, display processors, names and links. */
export const withFieldConfig = (
  panel: PanelModel,
  frames: DataFrame[],
  interpolate: Interpolate,
  theme: GrafanaTheme2,
  timeZone: TimeZone,
): DataFrame[] => {
  const applied = applyFieldOverrides({
    data: frames,
    fieldConfig: panel.fieldConfig,
    fieldConfigRegistry: registryOf(panel),
    replaceVariables: interpolate,
    theme,
    timeZone,
    dataLinkPostProcessor: ({ linkModel }) => ({ ...linkModel, href: previewUrl(linkModel.href) }),
  });
  // Tables show the raw names of fields without this.
  cacheFieldDisplayNames(applied);
  return applied;
};
