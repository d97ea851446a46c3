/** Something in our output that does not hold: where, what is wrong and what was got, and what to do. */
export interface Finding {
  readonly path: string;
  readonly problem: string;
  readonly repair: string;
}
