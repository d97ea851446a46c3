/** Something in the output that breaks a rule. */
export interface Finding {
  readonly path: string;
  /** What is wrong, with the value that was received. */
  readonly problem: string;
  readonly fix: string;
  /** The name of the check that found it. @default - it comes from outside of the checks */
  readonly check?: string;
}

/** A check as documents list it: its name, what it finds, and whose rule it is. */
export interface CheckEntry {
  readonly name: string;
  readonly finds: string;
  readonly source: 'dashboard-linter' | 'pint' | 'pod-security' | 'kube-linter' | 'kube-score' | 'tidewatch';
}

/** A check of one kind of subject. */
export interface Check<S> extends CheckEntry {
  readonly run: (subject: S) => readonly Finding[];
}

/** Every finding of some checks on a subject, each with the name of its check. */
export const runAll = <S>(checks: readonly Check<S>[], subject: S): readonly Finding[] =>
  checks.flatMap(({ name, run }) => run(subject).map((finding) => ({ ...finding, check: name })));

/** One finding where a condition holds, else none. */
export const findingIf = (found: boolean, finding: () => Finding): readonly Finding[] => (found ? [finding()] : []);

/** Some names for a sentence: in quotes, with commas; `none` where there are none. */
export const listed = (names: Iterable<string>): string => [...names].map((name) => `'${name}'`).join(', ') || 'none';

/** Thrown for output that fails its checks; the message lists every finding, one a line. */
export class CheckError extends Error {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const count = findings.length === 1 ? '1 check' : `${findings.length} checks`;
    super([`${count} failed:`, ...findings.map(line)].join('\n'));
    this.name = 'CheckError';
    this.findings = findings;
  }
}

const line = ({ path, problem, fix, check }: Finding): string =>
  `  ${path}: ${problem}; ${fix}${check === undefined ? '' : ` (${check})`}`;
