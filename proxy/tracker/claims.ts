import type { Account } from './account.ts';

/** The account that a client claims to use: its `account_uuid`, in the organization that the answer names. */
export interface Claim {
  readonly account: string;
  /** Null where the answer names none. */
  readonly organization: string | null;
}

/** The account that the answers to a credential with a claim belong to. */
export interface Link {
  readonly claim: Claim;
  readonly account: Account;
  /** The account's epoch when it was decided. */
  readonly epoch: number;
}

/** A credential belongs to one account; a client behind which there are several people may name some more. */
export const MAX_CLAIMS = 4;

/** Tokens live for hours, accounts for long: so many of the newest credentials are remembered for each account. */
const CREDENTIALS_PER_ACCOUNT = 8;

const NO_LINKS: readonly Link[] = [];

/** Remembers which claims of which credentials were decided, and how. */
export class Claims {
  /** By credential, the first one that was seen first. */
  readonly #links = new Map<string, readonly Link[]>();
  readonly #most: number;

  constructor(maxAccounts: number) {
    this.#most = CREDENTIALS_PER_ACCOUNT * maxAccounts;
  }

  /** The number of credentials that are remembered. */
  get size(): number {
    return this.#links.size;
  }

  /** The decision on a claim; an answer that names no organization has that of any. */
  find(credential: string, { account, organization }: Claim): Link | undefined {
    const isMeant = ({ claim, account: { isForgotten } }: Link): boolean =>
      !isForgotten && claim.account === account && (organization === null || claim.organization === organization);
    return this.#links.get(credential)?.find(isMeant);
  }

  /** The decisions on a credential's claims. */
  of(credential: string): readonly Link[] {
    return (this.#links.get(credential) ?? NO_LINKS).filter(({ account }) => !account.isForgotten);
  }

  /** Whether one more claim of a credential can be decided. */
  hasRoom(credential: string, claim: Claim): boolean {
    return this.#others(credential, claim).length < MAX_CLAIMS;
  }

  /** Remembers a decision in place of an earlier one on the same claim; `hasRoom` must have been asked. */
  set(credential: string, link: Link): void {
    const others = this.#others(credential, link.claim);
    this.#links.set(credential, [...others, link]);
    if (this.#links.size <= this.#most) return;
    const [oldest] = this.#links.keys();
    if (oldest !== undefined) this.#links.delete(oldest);
  }

  #others(credential: string, claim: Claim): readonly Link[] {
    return this.of(credential).filter(
      (one) => one.claim.account !== claim.account || one.claim.organization !== claim.organization,
    );
  }
}
