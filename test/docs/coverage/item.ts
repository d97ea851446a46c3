/** Something that a source document names: its kind, and its name verbatim. */
export interface Item {
  readonly kind: string;
  readonly name: string;
}

/** A pattern for the items of one kind: the first group of each match is a name. */
export type Rule = readonly [kind: string, text: string, pattern: RegExp];

/** The items that the rules find, without duplicates. */
export const found = (rules: readonly Rule[]): readonly Item[] =>
  distinct(
    rules.flatMap(([kind, text, pattern]) =>
      [...text.matchAll(pattern)].map(([, name = '']) => ({ kind, name: name.trim() })),
    ),
  );

/** Items without duplicates, in their order. */
export const distinct = (items: readonly Item[]): readonly Item[] => [
  ...new Map(items.map((item) => [keyOf(item), item])).values(),
];

/** What identifies an item. */
export const keyOf = ({ kind, name }: Item): string => `${kind}: ${name}`;
