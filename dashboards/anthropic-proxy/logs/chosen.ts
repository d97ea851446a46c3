import type { FieldKinds, LogEvent } from '#catalog';
import { type LabelKinds, type Lines, lineContains, lines, proxyLines, variable, where } from '#logql';
import { VARIABLE_NAMES } from './variables.ts';

/** The lines that contain what the reader searches for; every line contains the empty text. */
const found = <V extends LabelKinds, E extends LabelKinds>(of: Lines<V, E>): Lines<V, E> =>
  lineContains(of, `$${VARIABLE_NAMES.search}`);

/** The lines of an event that contain what the reader searches for. */
export const linesOf = <const F extends FieldKinds>(event: LogEvent<F>) => found(lines(event));

/** The chosen credentials. */
export const CREDENTIAL = { credential: variable(VARIABLE_NAMES.credential) } as const;

/** The chosen credentials and models. */
export const CREDENTIAL_AND_MODEL = { ...CREDENTIAL, model: variable(VARIABLE_NAMES.model) } as const;

/** All lines of the proxy that the choices leave. */
export const chosenLines = () =>
  where(found(proxyLines()), { event: variable(VARIABLE_NAMES.event), ...CREDENTIAL_AND_MODEL });

/** The lines of some events, and those that are no event, such as the last words of a process that dies. */
export const linesOfAll = (events: readonly LogEvent[]) =>
  where(found(proxyLines()), { event: ['', ...events.map(({ event }) => event)] });
