/** Something in our output that does not hold: where, what is wrong and what was got, and what to do. */
export interface Finding {
  readonly path: string;
  readonly problem: string;
  readonly repair: string;
}

/** Thrown for output that does not hold; the message lists every finding, one a line. */
export class CheckError extends Error {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const count = findings.length === 1 ? '1 check' : `${findings.length} checks`;
    super(
      [`${count} failed:`, ...findings.map(({ path, problem, repair }) => `  ${path}: ${problem}; ${repair}`)].join(
        '\n',
      ),
    );
    this.name = 'CheckError';
    this.findings = findings;
  }
}
