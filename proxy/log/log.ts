import { errorTypesWhere, type FieldKind, isUpstreamFault, LOG_EVENTS, LOG_SERVICE, type LogEvent } from '#catalog';
import type { Clock } from '../time.ts';
import { Output, openStandardOutput } from './output.ts';
import { redactMessage, redactOwnText, redactPath, redactText, redactValue } from './redact.ts';

interface KindValues {
  readonly number: number;
  readonly value: string | boolean;
  readonly text: string;
  readonly object: Readonly<Record<string, number>>;
}

type Events = typeof LOG_EVENTS;

/** The name of a line as the code calls it. */
export type EventName = keyof Events;

/** The fields of a line, all of them; null where there is no value. */
export type LogFields<E extends EventName> = {
  readonly [F in keyof Events[E]['fields']]:
    | (Events[E]['fields'][F] extends FieldKind ? KindValues[Events[E]['fields'][F]] : never)
    | null;
};

type LineMethods = { readonly [E in EventName]: (fields: LogFields<E>) => void };

/** Writes the lines of the catalog, one method an event. No key, prompt or completion gets into a line. */
export type Log = LineMethods & {
  /**
   * For the end of the process: resolves when all lines so far are written, at the latest after a time limit, to the
   * number of lines that were not. Those are dropped and counted.
   */
  flush(timeoutMs?: number): Promise<number>;
};

/** Where lines go. */
export interface LogDestination {
  /** Takes a line, its line feed included. */
  write(line: string): void;
}

/** The levels that can be chosen as the least one to write. */
const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** How lines are written. */
export interface LogOptions {
  /** The least level that is written. */
  readonly level: (typeof LEVELS)[number];
  readonly clock: Clock;
  /** Called with a number of lines that standard output did not take. @default - they are not counted */
  readonly onDropped?: (lines: number) => void;
  /** @default - standard output, written in the background */
  readonly destination?: LogDestination;
}

const FLUSH_MS = 1_000;

type Level = 'info' | 'warn' | 'error';

type Fields = Readonly<Record<string, unknown>>;

/** What is fixed about the lines of an event. */
interface Line {
  /** Contains the catalog's text. */
  readonly message: string;
  readonly level: Level | ((fields: Fields) => Level);
  /** Whether its texts are the proxy's own and cannot echo a prompt. @default false */
  readonly ownTexts?: boolean;
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
  credentialReady: { message: 'credential ready', level: 'info' },
  credentialExpired: { message: 'credential expired', level: 'error' },
  credentialsLoaded: { message: 'credentials loaded', level: 'info' },
  requestsRefused: { message: 'requests refused', level: 'info' },
  started: { message: 'listening', level: 'info' },
  draining: { message: 'draining', level: 'info' },
  stopped: { message: 'stopped', level: 'info' },
  failed: { message: 'internal fault', level: 'error', ownTexts: true },
};

/** A log whose lines are those of the catalog, as JSON in the catalog's words. */
export const createLog = ({ level, clock, onDropped, destination }: LogOptions): Log => {
  const output = destination === undefined ? new Output(openStandardOutput(), onDropped ? { onDropped } : {}) : null;
  const target = destination ?? output;
  const time = timestamps(clock);
  const written: readonly string[] = LEVELS.slice(LEVELS.indexOf(level));
  const methods = EVENTS.map((name) => {
    const { message, level: fixed, ownTexts = false } = LINES[name];
    const serialize = serializerOf(LOG_EVENTS[name], ownTexts);
    const levelOf = typeof fixed === 'string' ? () => fixed : fixed;
    const end = `,"msg":${JSON.stringify(message)}}\n`;
    const write = (fields: Fields): void => {
      const current = levelOf(fields);
      if (written.includes(current)) target?.write(BEGIN[current] + time() + serialize(fields) + end);
    };
    return [name, write];
  });
  return {
    ...asLineMethods(Object.fromEntries(methods)),
    flush: async (timeoutMs = FLUSH_MS) => (await output?.flush(timeoutMs)) ?? 0,
  };
};

const EVENTS = Object.keys(LINES) as readonly EventName[];

const BEGIN = { info: '{"level":"INFO"', warn: '{"level":"WARN"', error: '{"level":"ERROR"' } as const;

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
 * Writes the fields of one event: its own and no others, each as what the catalog declares it to be. A general
 * serializer takes three times as long, and this line is written for every request.
 */
const serializerOf = ({ event, fields }: LogEvent, ownTexts: boolean): ((given: Fields) => string) => {
  const head = `,"service_name":${JSON.stringify(LOG_SERVICE)},"event":${JSON.stringify(event)}`;
  const texts = createTexts(ownTexts);
  const parts = Object.entries(fields).map(([name, kind]) => ({
    name,
    key: `,${JSON.stringify(name)}:`,
    textOf: name === 'path' || name === 'error_message' ? texts[name] : texts[kind],
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

/** Writes an object of numbers; `JSON.stringify` would take several times as long. */
const numbersOf =
  (keyOf: (name: string) => string): TextOf =>
  (value) => {
    if (typeof value !== 'object' || value === null) return 'null';
    let text = '';
    for (const [name, one] of Object.entries(value)) {
      if (typeof one !== 'number') return 'null';
      text += `,${keyOf(name)}:${number(one)}`;
    }
    return `{${text.slice(1)}}`;
  };

/** The names that requests bring along are few, short and come again, so each is looked at once. */
const MAX_REMEMBERED = 1_000;
const MAX_REMEMBERED_LENGTH = 256;

/** Writes a text as JSON, made fit for a line. */
const createText =
  (redact: (text: string) => string): TextOf =>
  (given) =>
    typeof given === 'string' ? JSON.stringify(redact(given)) : 'null';

const createTexts = (ownTexts: boolean): Readonly<Record<FieldKind | 'path' | 'error_message', TextOf>> => {
  const nameOf = createMemory((name) => JSON.stringify(redactValue(name)));
  const pathOf = createMemory((path) => JSON.stringify(redactPath(path)));
  const value: TextOf = (given) => {
    if (typeof given === 'string') return nameOf(given);
    return typeof given === 'boolean' ? String(given) : 'null';
  };
  const path: TextOf = (given) => (typeof given === 'string' ? pathOf(given) : 'null');
  const text = createText(ownTexts ? redactOwnText : redactText);
  const message = createText(ownTexts ? redactOwnText : redactMessage);
  const object = numbersOf(createMemory((name) => JSON.stringify(name)));
  return { number, value, path, text, error_message: message, object };
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
