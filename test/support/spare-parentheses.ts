/** A pair of parentheses by the places of its two characters. */
export type Pair = readonly [open: number, close: number];

/** A language whose printed text is searched for needless parentheses. */
export interface Parenthesized {
  /** The pairs that group, and are no part of a call or a list. */
  readonly pairs: (text: string) => readonly Pair[];
  /** @throws when the text does not parse */
  readonly parse: (text: string) => unknown;
  /** Pairs that stay for the reader's sake. */
  readonly keeps: (text: string, ...pair: Pair) => boolean;
}

const without = (text: string, [open, close]: Pair): string =>
  `${text.slice(0, open)} ${text.slice(open + 1, close)} ${text.slice(close + 1)}`;

/** The text without one pair of parentheses, for each pair without which it means the same. */
export const sparedParentheses = ({ pairs, parse, keeps }: Parenthesized, text: string): readonly string[] => {
  /** A tree as text, or why the text does not parse. */
  const meaningOf = (one: string): string => {
    try {
      return JSON.stringify(parse(one));
    } catch (error) {
      return String(error);
    }
  };
  return pairs(text)
    .filter((pair) => !keeps(text, ...pair))
    .map((pair) => without(text, pair))
    .filter((shorter) => meaningOf(shorter) === meaningOf(text));
};
