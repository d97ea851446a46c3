/** How many letters must be inserted, removed or replaced. @see https://en.wikipedia.org/wiki/Levenshtein_distance */
const distance = (from: string, to: string): number => {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const removed = (previous[column + 1] ?? 0) + 1;
      const inserted = (current[column] ?? 0) + 1;
      const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(removed, inserted, replaced));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
};

/** The end of an error about an unknown name: the nearest known one, or all of them where none is near. */
export const suggestion = (name: string, known: readonly string[]): string => {
  const near = known
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.edits - b.edits)[0];
  return near !== undefined && near.edits <= near.candidate.length / 3
    ? `did you mean '${near.candidate}'?`
    : `known are ${known.join(', ') || 'none'}`;
};
