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
  const time = timestamps(clock);
  let fields = '';
  const options = {
    level,
    base: null,
    formatters: { level: (name: string) => ({ level: name.toUpperCase() }) },
    // What pino writes for the time it writes as it is, so the fields go along: they are serialized already.
    timestamp: () => time() + fields,
  };
  const logger = pino(options, destination ?? output);
  const methods = Object.entries(LINES).map(([name, { message, level: loudness }]) => {
    const serialize = serializerOf(LOG_EVENTS[name as EventName]);
    const levelOf = typeof loudness === 'string' ? () => loudness : loudness;
    const write = (given: Fields): void => {
      const current = levelOf(given);
      if (!logger.isLevelEnabled(current)) return;
      fields = serialize(given);
      logger[current](message);
    };
    return [name, write];
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
 * Writes the fields of one event: its own and no others, each as what the catalog says it is. A general serializer
 * takes three times as long, and this line is written for every request.
 */
const serializerOf = ({ event, fields }: LogEvent): ((given: Fields) => string) => {
  const head = `,"service_name":${JSON.stringify(LOG_SERVICE)},"event":${JSON.stringify(event)}`;
  const texts = createTexts();
  const parts = Object.entries(fields).map(([name, kind]) => ({
    name,
    key: `,${JSON.stringify(name)}:`,
    textOf: texts[kind],
  }));
  return (given) => {
    let text = head;
    for (const { name, key, textOf } of parts) text += key + textOf(given[name]);
    return text;
  };
};

/** Writes a value as JSON; `null` for what is not of its kind. */
type TextOf = (value: unknown) => string;

const number: TextOf = (value) => (typeof value === 'number' && Number.isFinite(value) ? String(value) : 'null');

const isNumber = (value: unknown): boolean => typeof value === 'number';

const numbers: TextOf = (value) =>
  typeof value === 'object' && value !== null && Object.values(value).every(isNumber) ? JSON.stringify(value) : 'null';

/** The names that requests bring along are few, short and come again, so each is looked at once. */
const MAX_REMEMBERED = 1_000;
const MAX_REMEMBERED_LENGTH = 256;

const createTexts = (): Readonly<Record<FieldKind, TextOf>> => {
  const nameOf = createMemory((name) => JSON.stringify(redactValue(name)));
  const value: TextOf = (given) => {
    if (typeof given === 'string') return nameOf(given);
    return typeof given === 'boolean' ? String(given) : 'null';
  };
  const text: TextOf = (given) => (typeof given === 'string' ? JSON.stringify(redactText(given)) : 'null');
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
