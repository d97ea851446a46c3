import type { FieldKind, LOG_EVENTS } from '#catalog';
import type { Clock } from './clock.ts';

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

/** Writes the lines of the catalog, one method an event. No key, prompt or completion gets into a line. */
export type Log = {
  readonly [E in EventName]: (fields: LogFields<E>) => void;
} & {
  /** Hands everything written so far to the operating system before it returns; for the end of the process. */
  flush(): void;
};

/** How lines are written. */
export interface LogOptions {
  /** The least level that is written: `debug`, `info`, `warn` or `error`. */
  readonly level: string;
  readonly clock: Clock;
  /** @default - standard output, written in the background */
  readonly destination?: NodeJS.WritableStream;
}
