/** Who paid for an answer, as far as the request shows. */
export interface Payer {
  /** The credential: its name in the pool, or the short keyed hash of the client's own. */
  readonly credential: string;
  /** The fingerprint of the pool credential's secret that the request was sent with; null in pass-through. */
  readonly fingerprint: string | null;
  /** The `account_uuid` that the body of a pass-through request names; null where it names none, and in pool mode. */
  readonly claimedAccount: string | null;
}
