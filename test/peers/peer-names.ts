import { isProgramName, PROGRAM_NAMES, type ProgramName } from './programs.ts';
import { isSchemaName, SCHEMA_NAMES, type SchemaName } from './schemas.ts';

/** Name of a real program or of a published schema. */
export type PeerName = ProgramName | SchemaName;

/** Everything that judges the generated output, in the order it is installed. */
export const PEER_NAMES: readonly PeerName[] = [...PROGRAM_NAMES, ...SCHEMA_NAMES];

/** Whether a word names a real program or a published schema. */
export const isPeerName = (word: string): word is PeerName => isProgramName(word) || isSchemaName(word);

/** Reads peer names separated by commas. @throws for a name that is not there, naming where it was written */
export const parsePeerNames = (list: string, source: string): readonly PeerName[] =>
  list.split(',').map((word) => {
    const name = word.trim();
    if (isPeerName(name)) return name;
    throw new Error(`${source} names '${name}', which is not there; choose from ${PEER_NAMES.join(', ')}`);
  });

/**
 * The peers whose absence is a failure: what `REQUIRE_PEERS` names, where `all` and `1` mean every one.
 * @throws for a name that is not there
 */
export const requiredPeers = (setting = process.env.REQUIRE_PEERS ?? ''): readonly PeerName[] => {
  if (setting === '' || setting === '0') return [];
  return setting === 'all' || setting === '1' ? PEER_NAMES : parsePeerNames(setting, 'REQUIRE_PEERS');
};
