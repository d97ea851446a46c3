import { join } from 'node:path';
import ts from 'typescript';

/** A step on the way to a setting: a key, a key that the user chooses, or a place in a list. */
export type Step = { readonly key: string } | { readonly chosen: true } | { readonly place: true };

/** A setting as its type and its comment in the source tell of it. */
export interface Setting {
  readonly steps: readonly Step[];
  /** What must be written beside it to choose its variant, such as `type: 'slack'`; null outside of variants. */
  readonly variant: { readonly steps: readonly Step[]; readonly value: string } | null;
  readonly text: string;
  /** What holds without it, where the source says so. */
  readonly absent: string | null;
  readonly isGroup: boolean;
  /** Whether it must be written where its group is. */
  readonly isRequired: boolean;
}

interface Reader {
  readonly checker: ts.TypeChecker;
}

const programOf = (root: string): ts.Program => {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), {}, host);
  if (config === undefined) throw new Error(`no tsconfig.json at ${root}; run this in a checkout of the repository`);
  return ts.createProgram([join(root, 'src/config.ts')], config.options);
};

/** What a user may write, as the compiler sees it: every setting with the comment above it. */
export const settingsOf = (root: string): readonly Setting[] => {
  const program = programOf(root);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(root, 'src/config.ts'));
  const module = source && checker.getSymbolAtLocation(source);
  const input = module && checker.getExportsOfModule(module).find(({ name }) => name === 'StackInput');
  if (input === undefined) throw new Error('src/config.ts exports no type StackInput; name the type that users write');
  return settingsIn(checker.getDeclaredTypeOfSymbol(input), [], null, { checker });
};

const settingsIn = (
  type: ts.Type,
  steps: readonly Step[],
  variant: Setting['variant'],
  reader: Reader,
): readonly Setting[] =>
  reader.checker.getPropertiesOfType(type).flatMap((property) => settingAt(property, steps, variant, reader));

const settingAt = (
  property: ts.Symbol,
  above: readonly Step[],
  variant: Setting['variant'],
  reader: Reader,
): readonly Setting[] => {
  const { checker } = reader;
  const steps = [...above, { key: property.name }];
  const type = checker.getNonNullableType(checker.getTypeOfSymbol(property));
  const inner = below(type, steps, reader);
  const absent = property.getJsDocTags(checker).find(({ name }) => name === 'default');
  return [
    {
      steps,
      variant,
      text: ts.displayPartsToString(property.getDocumentationComment(checker)),
      absent: absent === undefined ? null : ts.displayPartsToString(absent.text).replace(/^- /, ''),
      isGroup: inner.length > 0,
      isRequired: (property.flags & ts.SymbolFlags.Optional) === 0,
    },
    ...inner,
  ];
};

const below = (type: ts.Type, steps: readonly Step[], reader: Reader): readonly Setting[] => {
  const { checker } = reader;
  if (checker.isArrayLikeType(type)) {
    const [element] = checker.getTypeArguments(type as ts.TypeReference);
    return element === undefined ? [] : below(element, [...steps, { place: true }], reader);
  }
  const chosen = checker.getIndexInfoOfType(type, ts.IndexKind.String)?.type ?? alikeOf(type, reader);
  if (chosen !== undefined) return below(chosen, [...steps, { chosen: true }], reader);
  if (type.isUnion()) return type.types.flatMap((one) => variantOf(one, steps, reader));
  return (type.flags & GROUPS) === 0 ? [] : settingsIn(type, steps, null, reader);
};

const GROUPS = ts.TypeFlags.Object | ts.TypeFlags.Intersection;

/** So many groups that are all alike have names out of a list, such as those of alerts. */
const MANY = 4;

const alikeOf = (type: ts.Type, { checker }: Reader): ts.Type | undefined => {
  const [first, ...others] = checker
    .getPropertiesOfType(type)
    .map((property) => checker.getNonNullableType(checker.getTypeOfSymbol(property)));
  const isGroup = first !== undefined && (first.flags & GROUPS) !== 0;
  return isGroup && others.length >= MANY && others.every((other) => other === first) ? first : undefined;
};

const isLiteral = (type: ts.Type): type is ts.StringLiteralType => type.isStringLiteral();

/** The settings of one variant of several; texts and numbers have none. */
const variantOf = (type: ts.Type, steps: readonly Step[], reader: Reader): readonly Setting[] => {
  const { checker } = reader;
  if ((type.flags & ts.TypeFlags.Object) === 0) return [];
  const marks = checker.getPropertiesOfType(type).flatMap((property) => {
    const mark = checker.getTypeOfSymbol(property);
    return isLiteral(mark) ? [{ steps: [...steps, { key: property.name }], value: mark.value }] : [];
  });
  const [mark] = marks;
  return settingsIn(type, steps, mark ?? null, reader).filter(
    (setting) => mark === undefined || textOf(setting.steps) !== textOf(mark.steps),
  );
};

/** The way to a setting as people write it. */
export const textOf = (steps: readonly Step[]): string =>
  steps
    .map((step) => ('key' in step ? `.${step.key}` : 'chosen' in step ? '.<name>' : '[]'))
    .join('')
    .slice(1);
