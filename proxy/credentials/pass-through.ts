import { clientCredential } from './client-credential.ts';
import type { CredentialStrategy, CredentialTurn } from './strategy.ts';

/** What the pass-through strategy is made of. */
export interface PassThroughOptions {
  /** The short id of a client's credential. */
  readonly credentialId: (credential: string) => string;
}

/** Requests go out with the credential of their client, once, and every answer is the client's. */
export const createPassThroughStrategy = ({ credentialId }: PassThroughOptions): CredentialStrategy => ({
  repeats: false,
  open({ headers }): CredentialTurn {
    const credential = clientCredential(headers);
    const id = credential === null ? null : credentialId(credential);
    return {
      next: () => ({ kind: 'send', credential: id, headers: undefined }),
      answered: () => 'pass',
      judge: () => 'pass',
    };
  },
});
