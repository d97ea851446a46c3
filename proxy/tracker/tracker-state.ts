import { z } from 'zod';
import { type ModelId, modelId, OTHER, windowTraits } from '#catalog';
import type { Account } from './account.ts';
import type { ExtraUsage } from './poll.ts';
import { madeBy, type Reading } from './reading.ts';
import type { TokenCounts, TokenTable } from './tokens.ts';
import { isPlausible, type WindowData } from './window.ts';

/** The last time that a date can have. @see https://tc39.es/ecma262/#sec-time-values-and-time-range */
const LAST_TIME = 8.64e15;

const count = z.number().min(0);
const time = z.number().min(0).max(LAST_TIME);

const tokenCounts = z.object({ input: count, output: count, cache_read: count, cache_write: count });

const reading = <T extends z.ZodType>(value: T) => z.object({ value, madeAt: time });

const storedWindow = z.object({
  name: z.string(),
  utilization: reading(count)
    .extend({ source: z.enum(['header', 'poll']) })
    .nullable(),
  resetsAt: reading(time.nullable()).nullable(),
  status: reading(z.string()).nullable(),
  from: time,
  elapsed: z.boolean(),
  ends: z.array(z.object({ at: time, by: time, next: time.nullable() })).readonly(),
  overcounted: z.int().min(0),
  warned: z.boolean(),
  since: time,
  tokens: z.record(z.string(), tokenCounts),
});

const storedExtraUsage = reading(
  z.object({
    enabled: z.boolean(),
    usedCredits: count.nullable(),
    limitCredits: count.nullable(),
    utilization: count.nullable(),
  }),
);

const storedAccount = z.object({
  credential: z.string().min(1),
  claim: z.string().nullable(),
  seenAt: time,
  extraUsage: z.unknown(),
  windows: z.array(z.unknown()),
});

const storedState = z.object({ accounts: z.array(z.unknown()) });

type StoredWindow = z.infer<typeof storedWindow>;
type StoredAccount = Omit<z.infer<typeof storedAccount>, 'windows' | 'extraUsage'> & {
  readonly windows: readonly StoredWindow[];
  readonly extraUsage: Reading<ExtraUsage> | null;
};

/** What the tracker knows, as plain data for a file. */
export interface TrackerState {
  readonly accounts: readonly StoredAccount[];
}

/** An account as a file held it. */
export interface RestoredAccount {
  readonly credential: string;
  readonly claim: string | null;
  readonly seenAt: number;
  readonly extraUsage: Reading<ExtraUsage> | null;
  readonly windows: ReadonlyMap<string, WindowData>;
}

/** What could be read, and how many entries could not. */
export interface RestoredState {
  readonly accounts: readonly RestoredAccount[];
  readonly passedOver: number;
}

/** The accounts as plain data. */
export const writeState = (accounts: ReadonlyMap<string, Account>): TrackerState => ({
  accounts: [...accounts.values()].map(({ credential, claim, seenAt, extraUsage, windows }) => ({
    ...{ credential, claim, seenAt, extraUsage },
    windows: [...windows].map(([name, { data }]) => ({ ...data, name, tokens: Object.fromEntries(data.tokens) })),
  })),
});

/** The items that fit a schema, and how many did not. */
const fitting = <T>(schema: z.ZodType<T>, items: readonly unknown[]): readonly [readonly T[], number] => {
  const parsed = items.flatMap((item) => schema.safeParse(item).data ?? []);
  return [parsed as readonly T[], items.length - parsed.length];
};

/** A price table may have lost a model since the file was written: its tokens go to `other`. */
const readTokens = (stored: Readonly<Record<string, TokenCounts>>): TokenTable => {
  const tokens = new Map<ModelId | typeof OTHER, TokenCounts>();
  for (const [name, counts] of Object.entries(stored)) {
    const model = modelId(name) ?? OTHER;
    const before = tokens.get(model);
    tokens.set(model, before === undefined ? counts : sum(before, counts));
  }
  return tokens;
};

const sum = (a: TokenCounts, b: TokenCounts): TokenCounts => ({
  input: a.input + b.input,
  output: a.output + b.output,
  cache_read: a.cache_read + b.cache_read,
  cache_write: a.cache_write + b.cache_write,
});

/** Nothing was made or seen after now. */
const readingBy = <R extends Reading<unknown>>(known: R | null, now: number): R | null =>
  known === null ? null : madeBy(known, now);

/** A reset time that cannot be true is not known; nor has one come that is still to come. */
const readWindow = ({ name, tokens, ...stored }: StoredWindow, now: number): readonly [string, WindowData] => {
  const resetsAt = readingBy(stored.resetsAt, now);
  const absurd = (resetsAt?.value ?? 0) > now && !isPlausible(resetsAt?.value ?? 0, now, windowTraits(name));
  const ends = stored.ends.filter(({ at }) => at <= now);
  const window = {
    ...stored,
    utilization: readingBy(stored.utilization, now),
    resetsAt: absurd ? null : resetsAt,
    status: readingBy(stored.status, now),
    from: Math.min(stored.from, now),
    ends,
    elapsed: stored.elapsed && ends.length > 0 && ends.length === stored.ends.length,
    since: Math.min(stored.since, now),
    tokens: readTokens(tokens),
  };
  return [name, window];
};

/** Reads what `writeState` gave; each entry that does not fit is passed over alone. Never throws. */
export const readState = (state: unknown, now: number): RestoredState => {
  const parsed = storedState.safeParse(state);
  if (!parsed.success) return { accounts: [], passedOver: state === undefined || state === null ? 0 : 1 };
  const [accounts, unreadable] = fitting(storedAccount, parsed.data.accounts);
  let passedOver = unreadable;
  const restored = accounts.map(({ credential, claim, seenAt, extraUsage, windows }) => {
    const [read, bad] = fitting(storedWindow, windows);
    passedOver += bad;
    return {
      ...{ credential, claim },
      seenAt: Math.min(seenAt, now),
      extraUsage: readingBy(storedExtraUsage.safeParse(extraUsage).data ?? null, now),
      windows: new Map(read.map((window) => readWindow(window, now))),
    };
  });
  return { accounts: restored, passedOver };
};
