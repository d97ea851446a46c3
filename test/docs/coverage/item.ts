/** Something that a source document names: what kind of thing it is, and its name to the letter. */
export interface Item {
  readonly kind: string;
  readonly name: string;
}

/** A way to find the items of one kind: the first group of each match is a name. */
export type Rule = readonly [kind: string, text: string, pattern: RegExp];

/** What the rules find, each item once. */
export const found = (rules: readonly Rule[]): readonly Item[] =>
  distinct(
    rules.flatMap(([kind, text, pattern]) =>
      [...text.matchAll(pattern)].map(([, name = '']) => ({ kind, name: name.trim() })),
    ),
  );

/** Items without repetitions, in their order. */
export const distinct = (items: readonly Item[]): readonly Item[] => [
  ...new Map(items.map((item) => [keyOf(item), item])).values(),
];

/** What tells items apart. */
export const keyOf = ({ kind, name }: Item): string => `${kind}: ${name}`;
