import { z } from 'zod';
import { type ModelId, modelId, OTHER } from '#catalog';
import type { Account } from './account.ts';
import type { ExtraUsage } from './poll.ts';
import type { TokenCounts, TokenTable } from './tokens.ts';
import { MAX_AHEAD, type Window } from './window.ts';

const count = z.number().min(0);
const time = z.number().min(0);

const tokenCounts = z.object({ input: count, output: count, cache_read: count, cache_write: count });

const storedWindow = z.object({
  name: z.string(),
  utilization: count.nullable(),
  resetsAt: time.nullable(),
  status: z.string().nullable(),
  source: z.enum(['header', 'poll', 'elapsed']),
  learnedAt: time.nullable(),
  elapsed: z.boolean(),
  warned: z.boolean(),
  since: time,
  tokens: z.record(z.string(), tokenCounts),
});

const storedExtraUsage = z.object({
  enabled: z.boolean(),
  usedCredits: count.nullable(),
  limitCredits: count.nullable(),
  utilization: count.nullable(),
});

const storedAccount = z.object({
  credential: z.string().min(1),
  heardAt: time,
  extraUsage: z.unknown(),
  windows: z.array(z.unknown()),
});

const storedState = z.object({ accounts: z.array(z.unknown()) });

type StoredWindow = z.infer<typeof storedWindow>;
type StoredAccount = Omit<z.infer<typeof storedAccount>, 'windows' | 'extraUsage'> & {
  readonly windows: readonly StoredWindow[];
  readonly extraUsage: ExtraUsage | null;
};

/** What the tracker knows, as plain data for a file. */
export interface TrackerState {
  readonly accounts: readonly StoredAccount[];
}

/** An account as a file held it. */
export interface RestoredAccount {
  readonly credential: string;
  readonly heardAt: number;
  readonly extraUsage: ExtraUsage | null;
  readonly windows: ReadonlyMap<string, Window>;
}

/** What could be read, and how many entries could not. */
export interface RestoredState {
  readonly accounts: readonly RestoredAccount[];
  readonly passedOver: number;
}

/** The accounts as plain data. */
export const writeState = (accounts: ReadonlyMap<string, Account>): TrackerState => ({
  accounts: [...accounts].map(([credential, { heardAt, extraUsage, windows }]) => ({
    credential,
    heardAt,
    extraUsage,
    windows: [...windows].map(([name, window]) => ({ ...window, name, tokens: Object.fromEntries(window.tokens) })),
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

const readWindow = ({ name, tokens, ...window }: StoredWindow, now: number): readonly [string, Window] => {
  const absurd = window.resetsAt !== null && window.resetsAt - now > MAX_AHEAD;
  return [name, { ...window, resetsAt: absurd ? null : window.resetsAt, tokens: readTokens(tokens) }];
};

/** Reads what `writeState` gave; each entry that does not fit is passed over alone. Never throws. */
export const readState = (state: unknown, now: number): RestoredState => {
  const parsed = storedState.safeParse(state);
  if (!parsed.success) return { accounts: [], passedOver: state === undefined || state === null ? 0 : 1 };
  const [accounts, unreadable] = fitting(storedAccount, parsed.data.accounts);
  let passedOver = unreadable;
  const restored = accounts.map(({ credential, heardAt, extraUsage, windows }) => {
    const [read, bad] = fitting(storedWindow, windows);
    passedOver += bad;
    return {
      credential,
      heardAt,
      extraUsage: storedExtraUsage.safeParse(extraUsage).data ?? null,
      windows: new Map(read.map((window) => readWindow(window, now))),
    };
  });
  return { accounts: restored, passedOver };
};
