/** The least number of inserted, removed or replaced characters. @see https://en.wikipedia.org/wiki/Levenshtein_distance */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, char] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = (row[j] ?? 0) + (char === to[j] ? 0 : 1);
      next.push(Math.min(replaced, (next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** The known word that was probably meant, or undefined when none is close: a third of the letters may differ. */
export const nearest = (word: string, known: Iterable<string>): string | undefined => {
  const ranked = [...known]
    .map((candidate) => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far)[0];
  return ranked !== undefined && ranked.far <= Math.max(1, Math.ceil(word.length / 3)) ? ranked.candidate : undefined;
};

/** Says which word was probably meant, or lists the known ones. */
export const didYouMean = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known);
  if (near !== undefined) return `did you mean '${near}'?`;
  return known.length === 0 ? 'remove it' : `known: ${known.join(', ')}`;
};
