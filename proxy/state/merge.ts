import { isDeepStrictEqual } from 'node:util';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Merges what two processes changed of the same plain data (JSON), by what both began with; `undefined` is absent data.
 *
 * What one side alone changed, added or removed is taken from it. Where both changed something:
 * - arrays of objects are rows by their identity (`id`, `credential`, `name` …), arrays of arrays rows by their first
 *   item, arrays of texts sets; each row is merged alone;
 * - an object with a time of observation (`madeAt`, `observedAt`, `learnedAt`, `seenAt` …), of its own or of readings in
 *   it, takes its plain fields together from the newer side;
 * - numbers under `tokens` are counters: both sides' increments are added. A side with a later `since`
 *   beside them has begun to count anew: the earlier period is dropped;
 * - anything else is `mine`.
 */
export const mergeState = (base: unknown, mine: unknown, theirs: unknown): unknown => {
  if (isDeepStrictEqual(base, theirs)) return mine;
  if (isDeepStrictEqual(base, mine)) return theirs;
  if (isFields(mine) && isFields(theirs)) return mergeFields(isFields(base) ? base : undefined, mine, theirs);
  if (Array.isArray(mine) && Array.isArray(theirs)) return mergeRows(base, mine, theirs);
  return mine ?? theirs;
};

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The furthest time that a `Date` holds. */
const LAST_TIME = 8.64e15;

const timeIn = (fields: Fields | undefined, name: string): number | null => {
  const value = fields?.[name];
  return typeof value === 'number' && Math.abs(value) <= LAST_TIME ? value : null;
};

const TIMES = ['madeAt', 'observedAt', 'learnedAt', 'seenAt', 'heardAt', 'changedAt', 'at'] as const;

/** When something was observed; of a group of readings, the last one's time. */
const observedAt = (fields: Fields): number | null => {
  const name = TIMES.find((one) => timeIn(fields, one) !== null);
  if (name !== undefined) return timeIn(fields, name);
  const readings = Object.values(fields).flatMap((field) => (isFields(field) ? (timeIn(field, 'madeAt') ?? []) : []));
  return readings.length === 0 ? null : Math.max(...readings);
};

/** The side that was observed later; null where neither has a time. */
const newerOf = (mine: Fields, theirs: Fields): Fields | null => {
  const [ours, other] = [observedAt(mine), observedAt(theirs)];
  if (ours === null && other === null) return null;
  return (other ?? Number.NEGATIVE_INFINITY) > (ours ?? Number.NEGATIVE_INFINITY) ? theirs : mine;
};

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

const mergeFields = (base: Fields | undefined, mine: Fields, theirs: Fields): Fields => {
  const newer = newerOf(mine, theirs);
  const names = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
  const values = [...names].map((name) => {
    const [ours, other] = [mine[name], theirs[name]];
    const together = newer !== null && isPlain(ours) && isPlain(other);
    return [name, together ? newer[name] : mergeState(base?.[name], ours, other)] as const;
  });
  const merged = Object.fromEntries(values.filter(([, value]) => value !== undefined));
  return isFields(mine.tokens) || isFields(theirs.tokens) ? { ...merged, ...mergeCounted(base, mine, theirs) } : merged;
};

/** Counters and the time since which they count. */
const countedOf = ({ tokens, since }: Fields): Fields => ({ tokens, ...(since === undefined ? {} : { since }) });

const mergeCounted = (base: Fields | undefined, mine: Fields, theirs: Fields): Fields => {
  const [anew, anewThere] = [beganAnew(base, mine), beganAnew(base, theirs)];
  if (anew !== anewThere) return countedOf(anew ? mine : theirs);
  if (anew && beganAfter(mine, theirs)) return countedOf(mine);
  if (anew && beganAfter(theirs, mine)) return countedOf(theirs);
  const tokens = addCounts(anew ? undefined : base?.tokens, mine.tokens, theirs.tokens);
  const since = [timeIn(mine, 'since'), timeIn(theirs, 'since')].filter((time) => time !== null);
  return since.length === 0 ? { tokens } : { tokens, since: Math.min(...since) };
};

const beganAnew = (base: Fields | undefined, side: Fields): boolean => {
  const before = timeIn(base, 'since');
  return before === null || (timeIn(side, 'since') ?? before) > before;
};

/** `resetsAt`, a time or a reading of one. */
const endOf = (fields: Fields): number | null =>
  isFields(fields.resetsAt) ? timeIn(fields.resetsAt, 'value') : timeIn(fields, 'resetsAt');

/** Whether one side began to count when the other's period was over. */
const beganAfter = (one: Fields, other: Fields): boolean => {
  const [since, end] = [timeIn(one, 'since'), endOf(other)];
  return since !== null && end !== null && since >= end;
};

const countOf = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

const addCounts = (base: unknown, mine: unknown, theirs: unknown): unknown => {
  if (!isFields(mine) && !isFields(theirs)) return Math.max(0, countOf(theirs) + countOf(mine) - countOf(base));
  const [before, ours, other] = [base, mine, theirs].map((side) => (isFields(side) ? side : {}));
  const names = new Set([...Object.keys(other ?? {}), ...Object.keys(ours ?? {})]);
  return Object.fromEntries([...names].map((name) => [name, addCounts(before?.[name], ours?.[name], other?.[name])]));
};

/** Fields that identify a row together. */
const IDENTITY = [
  ...['id', 'fingerprint', 'credential', 'account', 'client', 'batch', 'organization'],
  ...['name', 'window', 'kind', 'family', 'model', 'endpoint'],
] as const;

const identityOf = (row: unknown): string | null => {
  if (typeof row === 'string') return row;
  if (Array.isArray(row)) return typeof row[0] === 'string' ? row[0] : null;
  if (!isFields(row)) return null;
  const identity = IDENTITY.map((name) => row[name]).map((value) => (typeof value === 'string' ? value : null));
  return identity.every((value) => value === null) ? null : JSON.stringify(identity);
};

/** The rows by identity; null where some have none, or two the same. */
const byIdentity = (rows: readonly unknown[]): ReadonlyMap<string, unknown> | null => {
  const found = new Map<string, unknown>();
  for (const row of rows) {
    const identity = identityOf(row);
    if (identity === null || found.has(identity)) return null;
    found.set(identity, row);
  }
  return found;
};

/** Rows of `mine` come last: where order is by use, those were used last. */
const mergeRows = (base: unknown, mine: readonly unknown[], theirs: readonly unknown[]): readonly unknown[] => {
  const [before, ours, others] = [Array.isArray(base) ? base : [], mine, theirs].map(byIdentity);
  if (!before || !ours || !others) return mine;
  const names = new Set([...[...others.keys()].filter((name) => !ours.has(name)), ...ours.keys()]);
  return [...names].flatMap((name) => {
    const row = mergeState(before.get(name), ours.get(name), others.get(name));
    return row === undefined ? [] : [row];
  });
};
