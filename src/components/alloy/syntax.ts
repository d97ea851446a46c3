/** A reference to an export of another block. */
export interface Reference {
  readonly ref: string;
}

/** A value of Alloy's configuration syntax, as far as it is used here. */
export type Value = string | number | boolean | Reference | readonly Value[] | { readonly [key: string]: string };

/** A block: first its attributes, then its inner blocks. */
export interface Block {
  /** The kind of component or setting, such as `loki.write`. */
  readonly type: string;
  /** The label by which other blocks refer to a component. @default - not a component */
  readonly label?: string;
  readonly attributes?: Readonly<Record<string, Value>>;
  readonly blocks?: readonly Block[];
}

/** A reference to an export of a component, such as `receiver`. */
export const exported = ({ type, label }: Block, name: string): Reference => ({ ref: `${type}.${label}.${name}` });

const isReference = (value: object): value is Reference => 'ref' in value;

const aligned = (entries: readonly (readonly [string, string])[], end: string): readonly string[] => {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)} = ${value}${end}`);
};

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => (line === '' ? '' : `\t${line}`));

const mapText = (map: Readonly<Record<string, string>>): string => {
  const entries = Object.entries(map).map(([key, value]) => [key, JSON.stringify(value)] as const);
  return ['{', ...indented(aligned(entries, ',')), '}'].join('\n');
};

const valueText = (value: Value): string => {
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return isReference(value) ? String(value.ref) : mapText(value as Readonly<Record<string, string>>);
};

const blockLines = ({ type, label, attributes = {}, blocks = [] }: Block): readonly string[] => {
  const own = aligned(
    Object.entries(attributes).map(([name, value]) => [name, valueText(value)] as const),
    '',
  ).flatMap((text) => text.split('\n'));
  const inner = blocks.flatMap((block, index) => [
    ...(index === 0 && own.length === 0 ? [] : ['']),
    ...blockLines(block),
  ]);
  const head = label === undefined ? type : `${type} ${JSON.stringify(label)}`;
  return [`${head} {`, ...indented([...own, ...inner]), '}'];
};

/**
 * The text of a configuration, formatted as `alloy fmt` does.
 *
 * @see https://grafana.com/docs/alloy/latest/get-started/configuration-syntax/
 */
export const alloyText = (blocks: readonly Block[]): string =>
  `${blocks.map((block) => blockLines(block).join('\n')).join('\n\n')}\n`;
