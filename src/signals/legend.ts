/** The labels that a legend names. */
type Named<T extends string> = T extends `${string}{{${infer N}}}${infer Rest}` ? N | Named<Rest> : never;

/**
 * The legend of an expression with the labels `L`: it names at least one of them and no other, or it is plain text
 * where there is one series without labels. The type of a wrong legend is a sentence that says what is wrong.
 */
export type Legend<T extends string, L extends string> = [L] extends [never]
  ? [Named<T>] extends [never]
    ? T
    : `{{${Named<T>}}} is no label here: the expression has one series without labels`
  : [Named<T>] extends [never]
    ? `name a label that tells the series apart: {{${L}}}`
    : [Exclude<Named<T>, L>] extends [never]
      ? T
      : `{{${Exclude<Named<T>, L>}}} is no label of the expression's series`;
