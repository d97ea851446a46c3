import type { FieldKinds, LogEvent } from '#catalog';
import { type LabelKinds, type Lines, lineContains, lines, proxyLines, variable, where } from '#logql';
import { VARIABLE_NAMES } from './variables.ts';

/** The lines that contain the search text; every line contains an empty one. */
const found = <V extends LabelKinds, E extends LabelKinds>(of: Lines<V, E>): Lines<V, E> =>
  lineContains(of, `$${VARIABLE_NAMES.search}`);

/** The lines of an event that contain the search text. */
export const linesOf = <const F extends FieldKinds>(event: LogEvent<F>) => found(lines(event));

/** Matches the selected credentials. */
export const CREDENTIAL = { credential: variable(VARIABLE_NAMES.credential) } as const;

/** Matches the selected credentials and models. */
export const CREDENTIAL_AND_MODEL = { ...CREDENTIAL, model: variable(VARIABLE_NAMES.model) } as const;

/** All lines of the proxy that match the variables. */
export const chosenLines = () =>
  where(found(proxyLines()), { event: variable(VARIABLE_NAMES.event), ...CREDENTIAL_AND_MODEL });

/** The lines of some events, and those without an event, such as the stack trace of a process that crashes. */
export const linesOfAll = (events: readonly LogEvent[]) =>
  where(found(proxyLines()), { event: ['', ...events.map(({ event }) => event)] });
