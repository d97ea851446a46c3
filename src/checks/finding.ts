/** Something in our output that does not hold: where, what is wrong and what was got, and what to do. */
export interface Finding {
  readonly path: string;
  readonly problem: string;
  readonly repair: string;
  /** The name of the check that found it. @default - it is no check of the table */
  readonly check?: string;
}

/** Thrown for output that does not hold; the message lists every finding, one a line. */
export class CheckError extends Error {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const count = findings.length === 1 ? '1 check' : `${findings.length} checks`;
    super([`${count} failed:`, ...findings.map(line)].join('\n'));
    this.name = 'CheckError';
    this.findings = findings;
  }
}

const line = ({ path, problem, repair, check }: Finding): string =>
  `  ${path}: ${problem}; ${repair}${check === undefined ? '' : ` (${check})`}`;
