import type { z } from 'zod';
import { schemaOf } from '#config';
import { type DocumentedSetting, discriminatorOf, documentedSettings, unwrap, variantOf } from './settings.ts';

type Schema = z.core.$ZodTypes;

/** The position of a type in the configuration, and the comments of all settings. */
interface Place {
  readonly path: string;
  readonly variant: string;
  readonly comments: ReadonlyMap<string, string>;
}

const keyOf = ({ path, variant }: Pick<DocumentedSetting, 'path' | 'variant'>): string => `${path} ${variant}`;

const commentOf = ({ description, defaultText }: DocumentedSetting): string => {
  const byDefault = defaultText === '' || defaultText === 'required' ? '' : ` @default ${defaultText}`;
  return description === undefined ? '' : `/** ${description}${byDefault} */\n`;
};

const quoted = (values: readonly unknown[]): string =>
  values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value))).join(' | ');

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');

const objectType = (shape: z.core.$ZodLooseShape, place: Place): string => {
  const members = Object.entries(shape).map(([key, member]) => {
    const at = { ...place, path: place.path === '' ? key : `${place.path}.${key}` };
    const mark = unwrap(member).isOptional ? '?' : '';
    return `${place.comments.get(keyOf(at)) ?? ''}readonly ${key}${mark}: ${typeText(member, at)};\n`;
  });
  return `{\n${indented(members.join(''))}}`;
};

const unionType = (def: z.core.$ZodUnionDef, place: Place): string =>
  def.options
    .map((option) => typeText(option, { ...place, variant: variantOf(option as Schema, discriminatorOf(def)) }))
    .join(' | ');

const recordType = (def: z.core.$ZodRecordDef, place: Place): string => {
  const value = typeText(def.valueType, { ...place, path: `${place.path}.<name>` });
  const keys = unwrap(def.keyType).type ?? 'string';
  return keys === 'string' ? `Readonly<Record<string, ${value}>>` : `Readonly<Partial<Record<${keys}, ${value}>>>`;
};

const listType = (item: string): string => `readonly ${item.includes(' | ') ? `(${item})` : item}[]`;

const typeText = (wrapped: z.core.$ZodType, place: Place): string => {
  const { schema, type } = unwrap(wrapped);
  if (type !== undefined) return type;
  const { def } = schema._zod;
  switch (def.type) {
    case 'boolean':
      return 'boolean';
    case 'enum':
      return quoted(Object.values(def.entries));
    case 'literal':
      return quoted(def.values);
    case 'array':
      return listType(typeText(def.element, { ...place, path: `${place.path}[]` }));
    case 'object':
      return objectType(def.shape, place);
    case 'record':
      return recordType(def, place);
    case 'union':
      return unionType(def, place);
    default:
      throw new Error(`${place.path} has a schema of type ${def.type}; add its notation in TypeScript here`);
  }
};

/** Where the type of the configuration is written. */
export const STACK_INPUT = 'src/config/stack-input.ts';

/** The type that users write, with the descriptions of the schema as comments for their editors. */
export const stackInputText = (): string => {
  const comments = new Map(documentedSettings().map((setting) => [keyOf(setting), commentOf(setting)]));
  return `// Written by \`npm run docs\` from the schema of the configuration; change that instead.
import type { AlertName } from '#alerts';
import type { Duration } from '#catalog';

/** A configuration as users write it; everything has a default. */
export interface StackInput ${typeText(schemaOf('small'), { path: '', variant: '', comments })}
`;
};
