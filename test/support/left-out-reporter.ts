import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

/** Prints at the end which suites and tests this machine could not run and why, so that green never hides what was left out. */
export class LeftOutReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => describeSkipped(module, test)),
    );
    if (lines.length === 0) return;
    process.stdout.write('\nLeft out on this machine (REQUIRE_PEERS=all turns each into a failure):\n');
    process.stdout.write([...new Set(lines)].map((line) => `  ${line}\n`).join(''));
  }
}

const describeSkipped = (module: TestModule, test: TestCase): string => {
  const result = test.result();
  const why = result.state === 'skipped' && result.note !== undefined ? result.note : 'no reason given';
  return `${module.relativeModuleId}: ${nameOf(test)}: ${why}`;
};

/** The outermost suite where all of it was left out, or else the test's own name. */
const nameOf = (test: TestCase): string => {
  const suite = outermostSuite(test);
  const isWhole = suite !== undefined && [...suite.children.allTests()].every(isSkipped);
  return isWhole ? suite.name : test.fullName;
};

const isSkipped = (test: TestCase): boolean => test.result().state === 'skipped';

const outermostSuite = (test: TestCase): TestSuite | undefined => {
  let suite: TestSuite | undefined;
  for (let parent = test.parent; parent.type === 'suite'; parent = parent.parent) suite = parent;
  return suite;
};
