import type { z } from 'zod';
import { code, page, table } from './markdown.ts';
import { type DocumentedSetting, documentedSettings, unwrap } from './settings.ts';

/** What a setting accepts, in the words that reject an invalid value. */
const accepts = (wrapped: z.core.$ZodType): string => {
  const { def } = unwrap(wrapped).schema._zod;
  switch (def.type) {
    case 'custom':
      return String(def.params?.must).replace(/^a valid /, 'a ');
    case 'boolean':
      return 'true or false';
    case 'enum':
      return `one of ${Object.values(def.entries).map(String).map(code).join(', ')}`;
    case 'literal':
      return code(String(def.values[0]));
    case 'array':
      return `a list; each item: ${accepts(def.element)}`;
    case 'record':
      return `an object; each value: ${accepts(def.valueType)}`;
    default:
      return 'an object';
  }
};

const nameText = ({ path, variant }: DocumentedSetting): string =>
  `${code(path)}${variant === '' ? '' : ` (${code(variant)})`}`;

const row = (setting: DocumentedSetting): readonly string[] => [
  nameText(setting),
  setting.isGroup ? '' : accepts(setting.schema),
  setting.defaultText,
  setting.description ?? '',
];

const firstKey = ({ path }: DocumentedSetting): string => /^\w+/.exec(path)?.[0] ?? '';

/** Settings without a group come first, under one heading. */
const headingOf = (settings: readonly DocumentedSetting[]) => {
  const groups = new Set(settings.filter(({ isGroup }) => isGroup).map(firstKey));
  return (setting: DocumentedSetting): string =>
    groups.has(firstKey(setting)) ? firstKey(setting) : 'The stack as a whole';
};

/** The page of every setting, from the schema of the configuration. */
export const configurationPage = (): string => {
  const settings = documentedSettings();
  const described = settings.filter(({ isGroup, description }) => !isGroup || description !== undefined);
  return page(
    'Configuration',
    'Every setting of `src/stack.ts`. Each has a default that works, unless its group is optional and it is marked as ' +
      'required; a default that differs in the profile `ha` is listed as well. `npm run synth` reports all invalid ' +
      'settings at once, each with its path, what was received and how to fix it. Secrets are never part of the ' +
      'configuration: settings name Secrets in the cluster and their keys.',
    ...[...Map.groupBy(described, headingOf(settings))].map(
      ([group, members]) =>
        `## ${group}\n\n${table(['Setting', 'Accepts', 'Default', 'Description'], members.map(row))}`,
    ),
  );
};
