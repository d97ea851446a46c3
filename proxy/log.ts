import { type DestinationStream, pino } from 'pino';
import { errorTypesWhere, type FieldKind, isUpstreamFault, LOG_EVENTS, LOG_SERVICE, type LogEvent } from '#catalog';
import type { Clock } from './clock.ts';
import { Output } from './output.ts';
import { redactText, redactValue } from './redact.ts';

interface KindValues {
  readonly number: number;
  readonly value: string | boolean;
  readonly text: string;
  readonly object: Readonly<Record<string, number>>;
}

type Events = typeof LOG_EVENTS;

/** The name of a line as the code calls it. */
export type EventName = keyof Events;

/** The fields of a line, all of them; null where there is nothing to say. */
export type LogFields<E extends EventName> = {
  readonly [F in keyof Events[E]['fields']]:
    | (Events[E]['fields'][F] extends FieldKind ? KindValues[Events[E]['fields'][F]] : never)
    | null;
};

type LineMethods = { readonly [E in EventName]: (fields: LogFields<E>) => void };

/** Writes the lines of the catalog, one method an event. No key, prompt or completion gets into a line. */
export type Log = LineMethods & {
  /** Resolves when all lines so far are written, at the latest after a time limit; for the end of the process. */
  flush(timeoutMs?: number): Promise<void>;
};

/** How lines are written. */
export interface LogOptions {
  /** The least level that is written: `debug`, `info`, `warn`, `error` or `silent`. */
  readonly level: string;
  readonly clock: Clock;
  /** @default - standard output, written in the background */
  readonly destination?: DestinationStream;
}

const STANDARD_OUTPUT = 1;
const FLUSH_MS = 1_000;

type Level = 'info' | 'warn' | 'error';

type Fields = Readonly<Record<string, unknown>>;

/** What a line says, the catalog's text among it, and how loud it is. */
interface Line {
  readonly message: string;
  readonly level: Level | ((fields: Fields) => Level);
}

const FAULTS: readonly string[] = errorTypesWhere(isUpstreamFault);

/** A fault of the upstream is an error; a limit, or a request that it refuses, is not. */
const levelOfUpstreamError = ({ error_type }: Fields): Level =>
  FAULTS.includes(String(error_type)) ? 'error' : 'warn';

const LINES: { readonly [E in EventName]: Line } = {
  requestFinished: { message: 'request completed', level: 'info' },
  upstreamError: { message: 'upstream error', level: levelOfUpstreamError },
  windowReset: { message: 'window reset detected', level: 'info' },
  windowHigh: { message: 'window utilization high', level: 'warn' },
  pollFailed: { message: 'usage poll failed', level: 'warn' },
  credentialCooling: { message: 'credential cooling', level: 'warn' },
  credentialExpired: { message: 'credential expired', level: 'error' },
  credentialsLoaded: { message: 'credentials loaded', level: 'info' },
  started: { message: 'listening', level: 'info' },
  draining: { message: 'draining', level: 'info' },
  stopped: { message: 'stopped', level: 'info' },
  failed: { message: 'internal fault', level: 'error' },
};

/** A log whose lines are those of the catalog, as JSON in the catalog's words. */
export const createLog = ({ level, clock, destination }: LogOptions): Log => {
  const output = new Output(STANDARD_OUTPUT);
  const options = {
    level,
    base: { service_name: LOG_SERVICE },
    formatters: { level: (name: string) => ({ level: name.toUpperCase() }) },
    timestamp: timestamps(clock),
  };
  const logger = pino(options, destination ?? output);
  const methods = Object.entries(LINES).map(([name, { message, level: loudness }]) => {
    const lineOf = lineBuilder(LOG_EVENTS[name as EventName]);
    const levelOf = typeof loudness === 'string' ? () => loudness : loudness;
    return [name, (fields: Fields) => logger[levelOf(fields)](lineOf(fields), message)];
  });
  return { ...asLineMethods(Object.fromEntries(methods)), flush: (timeoutMs = FLUSH_MS) => output.flush(timeoutMs) };
};

const MS_PER_SECOND = 1_000;

/** Writes the time in ISO 8601; lines of the same second share the work. */
const timestamps = (clock: Clock): (() => string) => {
  let [second, text] = [Number.NaN, ''];
  return () => {
    const now = clock.now();
    const current = Math.floor(now / MS_PER_SECOND);
    if (current !== second) {
      second = current;
      text = new Date(second * MS_PER_SECOND).toISOString().slice(0, -'000Z'.length);
    }
    return `,"time":"${text}${String(Math.floor(now - second * MS_PER_SECOND)).padStart(3, '0')}Z"`;
  };
};

/** The methods under the types that the catalog gives their fields. */
const asLineMethods = (methods: unknown): LineMethods => methods as LineMethods;

/**
 * Builds the lines of one event: its own fields and no others, each as what the catalog says it is. A line begins as a
 * copy of one shape, because an object that gets this many fields one by one becomes a slow dictionary.
 */
const lineBuilder = ({ event, fields }: LogEvent): ((given: Fields) => Fields) => {
  const kinds = Object.entries(fields);
  const clean = createCleaners();
  const shape: Record<string, unknown> = JSON.parse(JSON.stringify({ event, ...fields }));
  return (given) => {
    const line = { ...shape };
    for (const [name, kind] of kinds) line[name] = clean[kind](given[name]);
    return line;
  };
};

type Cleaner = (value: unknown) => unknown;

const number: Cleaner = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : null);

const isNumber = (value: unknown): boolean => typeof value === 'number';

const numbers: Cleaner = (value) =>
  typeof value === 'object' && value !== null && Object.values(value).every(isNumber) ? value : null;

/** The names that requests bring along are few, short and come again, so each is looked at once. */
const MAX_REMEMBERED = 1_000;
const MAX_REMEMBERED_LENGTH = 256;

const createCleaners = (): Readonly<Record<FieldKind, Cleaner>> => {
  const redactName = createMemory(redactValue);
  const value: Cleaner = (given) => {
    if (typeof given === 'string') return redactName(given);
    return typeof given === 'boolean' ? given : null;
  };
  const text: Cleaner = (given) => (typeof given === 'string' ? redactText(given) : null);
  return { number, value, text, object: numbers };
};

/** Remembers what became of short texts, up to a number of them. */
const createMemory = (compute: (text: string) => string): ((text: string) => string) => {
  const remembered = new Map<string, string>();
  return (text) => {
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const fresh = compute(text);
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    if (text.length <= MAX_REMEMBERED_LENGTH) remembered.set(text, fresh);
    return fresh;
  };
};
