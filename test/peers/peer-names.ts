import { isProgramName, PROGRAM_NAMES, type ProgramName } from './programs.ts';
import { isSchemaName, SCHEMA_NAMES, type SchemaName } from './schemas.ts';

/** Name of a real program or of a published schema. */
export type PeerName = ProgramName | SchemaName;

/** Everything that judges the generated output, in the order it is installed. */
export const PEER_NAMES: readonly PeerName[] = [...PROGRAM_NAMES, ...SCHEMA_NAMES];

/** Tells whether a word names a real program or a published schema. */
export const isPeerName = (word: string): word is PeerName => isProgramName(word) || isSchemaName(word);
