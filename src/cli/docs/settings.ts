import { z } from 'zod';
import { schemaOf } from '#config';
import { code } from './markdown.ts';

type Schema = z.core.$ZodTypes;

/** A schema without what wraps it: defaults, optionality and transforms. */
export interface Unwrapped {
  readonly schema: Schema;
  readonly isOptional: boolean;
  readonly default?: unknown;
  readonly description?: string | undefined;
  readonly unset?: string | undefined;
  readonly type?: string | undefined;
}

/** A schema with the metadata of its wrappers; that of the outermost wins. */
export const unwrap = (wrapped: z.core.$ZodType): Unwrapped => {
  const schema = wrapped as Schema;
  const meta = z.globalRegistry.get(schema);
  const { def } = schema._zod;
  switch (def.type) {
    case 'default':
      return { ...unwrap(def.innerType), ...meta, isOptional: true, default: def.defaultValue };
    case 'prefault':
    case 'optional':
      return { ...unwrap(def.innerType), ...meta, isOptional: true };
    case 'pipe':
      return { ...unwrap(def.in), ...meta };
    default:
      return { ...meta, schema, isOptional: false };
  }
};

/** A setting as the schema describes it. */
export interface Setting extends Unwrapped {
  /** The way to it, such as `prometheus.remoteWrite[].url`. */
  readonly path: string;
  /** The key that selects its variant of several, such as `type: 'slack'`; empty outside of variants. */
  readonly variant: string;
  readonly isGroup: boolean;
}

/** The discriminator of a variant, as it is written. */
export const variantOf = ({ _zod: { def } }: Schema, discriminator: string): string => {
  const literal = def.type === 'object' ? (def.shape[discriminator] as Schema | undefined)?._zod.def : undefined;
  return literal?.type === 'literal' ? `${discriminator}: '${literal.values[0]}'` : '';
};

const settingAt = (wrapped: z.core.$ZodType, path: string, variant: string): readonly Setting[] => {
  const unwrapped = unwrap(wrapped);
  const inner = settingsIn(unwrapped.schema, path, variant);
  return [{ ...unwrapped, path, variant, isGroup: inner.length > 0 }, ...inner];
};

/** Every setting within a schema; a discriminator is part of its variant and not a setting of its own. */
const settingsIn = (schema: Schema, path: string, variant: string): readonly Setting[] => {
  const { def } = schema._zod;
  const inside = (wrapped: z.core.$ZodType, at: string) => settingsIn(unwrap(wrapped).schema, at, variant);
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape)
        .filter(([key]) => !variant.startsWith(`${key}: `))
        .flatMap(([key, member]) => settingAt(member, path === '' ? key : `${path}.${key}`, variant));
    case 'array':
      return inside(def.element, `${path}[]`);
    case 'record':
      return inside(def.valueType, `${path}.<name>`);
    case 'union':
      return def.options.flatMap((option) =>
        settingsIn(option as Schema, path, variantOf(option as Schema, discriminatorOf(def))),
      );
    default:
      return [];
  }
};

/** The key by which the variants of a union differ. */
export const discriminatorOf = (def: z.core.$ZodUnionDef): string =>
  'discriminator' in def ? String(def.discriminator) : '';

const defaultText = ({ unset, isOptional, default: value }: Setting): string =>
  unset ?? (value === undefined ? (isOptional ? '' : 'required') : code(JSON.stringify(value)));

/** A setting and its default in words; empty for groups that exist without being written. */
export interface DocumentedSetting extends Setting {
  readonly defaultText: string;
}

/** Every setting of a stack, with the defaults of both profiles. */
export const documentedSettings = (): readonly DocumentedSetting[] => {
  const ha = settingsIn(schemaOf('ha') as Schema, '', '');
  return settingsIn(schemaOf('small') as Schema, '', '').map((setting, index) => {
    const [small, other] = [setting, ha[index] ?? setting].map(defaultText);
    return { ...setting, defaultText: small === other ? `${small}` : `${small}, in ${code('ha')} ${other}` };
  });
};
