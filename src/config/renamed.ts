import { type Problem, pathText, show, valueAt } from './problems.ts';

/** A former key; `*` in its path stands for any key. */
interface Renamed {
  readonly path: readonly string[];
  readonly to: string;
}

/** Every key that had another name in an earlier version. */
export const RENAMED: readonly Renamed[] = [
  { path: ['alerts', 'override', '*', 'wait'], to: 'for' },
  { path: ['alertmanager', 'receivers', 'dead-man'], to: 'heartbeat' },
];

const keysOf = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null ? Object.keys(value) : [];

const pathsIn = (input: unknown, [key, ...rest]: readonly string[]): readonly (readonly string[])[] =>
  key === undefined
    ? [[]]
    : keysOf(input)
        .filter((name) => key === '*' || key === name)
        .flatMap((name) => pathsIn(valueAt(input, [name]), rest).map((path) => [name, ...path]));

/** Former keys are refused with their new name. */
export const renamedProblems = (input: unknown): readonly Problem[] =>
  RENAMED.flatMap(({ path: former, to }) =>
    pathsIn(input, former).map((path) => ({
      path: pathText(path),
      problem: `\`${former.at(-1)}\` was renamed to \`${to}\``,
      received: show(valueAt(input, path)),
      fix: `write \`${to}\` instead`,
    })),
  );
