import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

/** Prints at the end which suites this machine could not run and why, so that green never hides what was left out. */
export class LeftOutReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => describeSkipped(module, test)),
    );
    if (lines.length === 0) return;
    process.stdout.write(`\nLeft out on this machine (REQUIRE_PEERS=1 turns each into a failure):\n`);
    process.stdout.write([...new Set(lines)].map((line) => `  ${line}\n`).join(''));
  }
}

const describeSkipped = (module: TestModule, test: TestCase): string => {
  const result = test.result();
  const why = result.state === 'skipped' && result.note !== undefined ? result.note : 'no reason given';
  return `${module.relativeModuleId}: ${outermost(test).name}: ${why}`;
};

const outermost = (test: TestCase): TestCase | TestSuite => {
  let one: TestCase | TestSuite = test;
  while (one.parent.type === 'suite') one = one.parent;
  return one;
};
