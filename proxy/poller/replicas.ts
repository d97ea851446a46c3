import { isIP } from 'node:net';
import { responsible } from '../credentials/rendezvous.ts';

/** Finds the addresses of a name; rejects where it has none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** How a replica finds out which credentials are its own to poll. */
export interface ReplicaOptions {
  /** The name of the headless Service; null for a single replica. */
  readonly host: string | null;
  /** This pod's address, as the Service's name gives it. */
  readonly self: string;
  readonly lookup: Lookup;
}

/** Tells whether something is this replica's to do. */
export type Responsibility = (name: string) => boolean;

/**
 * Asks DNS for the replicas. Where the name has no address yet (this pod is the first and not ready), or the lookup fails
 * before it ever worked, this replica is alone; later failures keep the list of the last lookup, because every replica
 * polling at once is what the endpoint answers with 429. A pod with addresses of both IP versions counts once, by the
 * version of its own.
 */
export const createReplicas = ({ host, self, lookup }: ReplicaOptions): (() => Promise<Responsibility>) => {
  let known: readonly string[] = [];
  return async () => {
    if (host !== null)
      known = (await lookup(host).catch(() => known)).filter((address) => isIP(address) === isIP(self));
    const replicas = known.length === 0 ? [self] : known;
    return (name) => responsible(name, replicas) === self;
  };
};
