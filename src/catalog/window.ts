/** A rate-limit window of a subscription: how its sources name it and how long it is. */
export interface RateLimitWindow {
  /** The name in `anthropic-ratelimit-unified-<name>-*` response headers, or null where headers lack it. */
  readonly header: string | null;
  /** The key in the answer of `/api/oauth/usage`, or null where the poll lacks it. */
  readonly poll: string | null;
  /** The `kind` of its entries in the list `limits` of the same answer; scoped ones also name the family that `counts` has. */
  readonly limit: 'session' | 'weekly_all' | 'weekly_scoped';
  /** Length in seconds. */
  readonly lengthSeconds: number;
  /** The models whose tokens the window counts: all, or those of one family. */
  readonly counts: 'all' | ModelFamily;
}

/** The families of models that have limits of their own; a model's id contains its family's name. */
export const MODEL_FAMILIES = ['fable', 'mythos', 'opus', 'sonnet', 'haiku'] as const;

/** A family of models. */
export type ModelFamily = (typeof MODEL_FAMILIES)[number];

/** The family of a model; null for a model of a family that is not known. */
export const modelFamily = (model: string): ModelFamily | null => {
  const name = model.toLowerCase();
  return MODEL_FAMILIES.find((family) => name.includes(family)) ?? null;
};

const FIVE_HOURS = 18_000;
const SEVEN_DAYS = 604_800;

/** The windows known by name; others that appear at run time are shown without a forecast. */
export const RATE_LIMIT_WINDOWS = {
  '5h': { header: '5h', poll: 'five_hour', limit: 'session', lengthSeconds: FIVE_HOURS, counts: 'all' },
  '7d': { header: '7d', poll: 'seven_day', limit: 'weekly_all', lengthSeconds: SEVEN_DAYS, counts: 'all' },
  '7d_sonnet': {
    header: null,
    poll: 'seven_day_sonnet',
    limit: 'weekly_scoped',
    lengthSeconds: SEVEN_DAYS,
    counts: 'sonnet',
  },
  '7d_opus': {
    header: null,
    poll: 'seven_day_opus',
    limit: 'weekly_scoped',
    lengthSeconds: SEVEN_DAYS,
    counts: 'opus',
  },
  '7d_oi': {
    header: '7d_oi',
    poll: 'seven_day_overage_included',
    limit: 'weekly_scoped',
    lengthSeconds: SEVEN_DAYS,
    counts: 'fable',
  },
} as const satisfies Readonly<Record<string, RateLimitWindow>>;

/** The name of a window whose length is known. */
export type WindowName = keyof typeof RATE_LIMIT_WINDOWS;

/** The names of the known windows, shortest first. */
export const WINDOW_NAMES = Object.keys(RATE_LIMIT_WINDOWS) as readonly WindowName[];

/** The most windows a proxy tracks; further names are dropped and counted. */
export const MAX_WINDOWS = 16;

/** Reset times that differ by at most this much belong to the same window: the sources differ by about a second and truncate to the minute. */
export const RESET_TOLERANCE_SECONDS = 60;

/** A length that known windows have: its name, and the windows of that length. */
export interface WindowLength {
  readonly name: '5h' | '7d';
  readonly lengthSeconds: number;
  readonly windows: readonly WindowName[];
}

const windowLength = (name: WindowLength['name'], lengthSeconds: number): WindowLength => ({
  name,
  lengthSeconds,
  windows: WINDOW_NAMES.filter((window) => RATE_LIMIT_WINDOWS[window].lengthSeconds === lengthSeconds),
});

/** The lengths that known windows have, each with the windows of that length. */
export const WINDOW_LENGTHS = [windowLength('5h', FIVE_HOURS), windowLength('7d', SEVEN_DAYS)] as const;

type Length = WindowLength['name'];

/** How names of windows begin that tell the length. */
const LENGTH_OF: Readonly<Record<string, Length>> = { '5h': '5h', '7d': '7d', five_hour: '5h', seven_day: '7d' };

const COMPOUND = /^(5h|7d|five_hour|seven_day)[_-](.+)$/i;

/** The length and the words of `seven_day_opus` or `7d-opus`; null for a name of another form. */
const parts = (name: string): { readonly length: Length; readonly words: readonly string[] } | null => {
  const [, first = '', rest = ''] = COMPOUND.exec(name) ?? [];
  const length = LENGTH_OF[first.toLowerCase()];
  const words = wordsOf(rest);
  return length === undefined || words.length === 0 ? null : { length, words };
};

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

/** The family that words name and nothing else but a version: `Fable (5)`, `claude-opus-4-6`. */
const familyNamed = (words: readonly string[]): ModelFamily | null => {
  const names = words.filter((word) => word !== 'claude' && !/^\d+$/.test(word));
  return names.length === 1 ? (MODEL_FAMILIES.find((family) => family === names[0]) ?? null) : null;
};

const secondsOf = (length: Length): number => (length === '5h' ? FIVE_HOURS : SEVEN_DAYS);

/** The window of a length that is for what the words name. */
const scoped = (length: Length, words: readonly string[]): string => {
  const family = familyNamed(words);
  const known = WINDOW_NAMES.find((name) => {
    const { counts, lengthSeconds } = RATE_LIMIT_WINDOWS[name];
    return counts === family && lengthSeconds === secondsOf(length);
  });
  return known ?? [length, ...(family === null ? words : [family])].join('_');
};

const spellingsOf = (name: WindowName): readonly string[] => {
  const { header, poll } = RATE_LIMIT_WINDOWS[name];
  return [name, ...(header === null ? [] : [header]), poll, poll.replace('seven_day', '7d')];
};

const BY_SPELLING: ReadonlyMap<string, string> = new Map(
  WINDOW_NAMES.flatMap((name) => spellingsOf(name).map((spelling) => [spelling, name] as const)),
);

/**
 * The window that a name in a response header or a key of `/api/oauth/usage` means. A name that the table lacks is kept,
 * in the spelling that both sources share where it tells a length: `seven_day_haiku` is `7d_haiku`, `nimbus_quill` itself.
 */
export const windowNamed = (name: string): string => {
  const known = BY_SPELLING.get(name);
  if (known !== undefined) return known;
  const compound = parts(name);
  return compound === null ? name : scoped(compound.length, compound.words);
};

/** The window that an entry of `limits` means by its kind and the name of the model in its scope; null for none. */
export const windowOfLimit = (kind: unknown, scope: string | null): string | null => {
  if (kind !== 'weekly_scoped') return WINDOW_NAMES.find((name) => RATE_LIMIT_WINDOWS[name].limit === kind) ?? null;
  const words = wordsOf(scope ?? '');
  return words.length === 0 ? null : scoped('7d', words);
};

/** What a window's name tells of it. */
export interface WindowTraits {
  /** Null where it is not known. */
  readonly lengthSeconds: number | null;
  /** The models whose tokens it counts; null where that is not known, and none are counted. */
  readonly counts: RateLimitWindow['counts'] | null;
}

/** The traits of a window by its name; `7d_haiku` is known to have seven days and to count Haiku models. */
export const windowTraits = (name: string): WindowTraits => {
  if (isWindowName(name)) return RATE_LIMIT_WINDOWS[name];
  const compound = parts(name);
  return compound === null
    ? { lengthSeconds: null, counts: null }
    : { lengthSeconds: secondsOf(compound.length), counts: familyNamed(compound.words) };
};

/** Whether a window is one of the table. */
export const isWindowName = (name: string): name is WindowName => Object.hasOwn(RATE_LIMIT_WINDOWS, name);
